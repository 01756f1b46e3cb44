import { ERR_INVALID_SIG, Session } from '@chainsafe/discv5'

const establish = Session.establishFromChallenge.bind(Session)

/**
 * Has the library, in this thread, keep a challenge that a handshake did not answer: or whoever forges a node's address ends the
 * handshake that the node is about to make, and gets a second WHOAREYOU sent to it. The library means to, but looks in the error's name
 * for what it put into the message, and does not where the record is missing or is none.
 */
export function keepChallenges(): void {
  Session.establishFromChallenge = (...handshake) => {
    try {
      return establish(...handshake)
    } catch (cause) {
      const error = new Error(ERR_INVALID_SIG, { cause })
      error.name = ERR_INVALID_SIG
      throw error
    }
  }
}
