/**
 * Gossip RPCs from their bytes (libp2p specs, pubsub/README.md, "The RPC"). Messages and subscriptions are read here,
 * since they come by the ten thousand, and IDONTWANT, which comes right before many a block; other control messages by the
 * library's own reader. Payloads are views of the bytes.
 */
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { MESSAGE_ID_BYTES } from '../../../consensus/message-id.ts'
import { ProtobufReader, tagOf } from '../../../shared/protobuf-reader.ts'
import type { TopicNames } from '../topics/topic-names.ts'

/** Elements that the lists of one RPC may have: upstream's defaults (17.1.1, message/decodeRpc), in its own words. */
const MAX_SUBSCRIPTIONS = 5000
const MAX_MESSAGES = 5000
const MAX_CONTROL_MESSAGES = 5000
const MAX_ANNOUNCED_IDS = 5000
const MAX_UNWANTED_IDS = 512
const MAX_PEER_INFOS = 16
const CONTROL_LIMITS = {
  limits: {
    ihave: MAX_CONTROL_MESSAGES,
    ihave$: { messageIDs: MAX_ANNOUNCED_IDS },
    iwant: MAX_CONTROL_MESSAGES,
    iwant$: { messageIDs: MAX_ANNOUNCED_IDS },
    graft: MAX_CONTROL_MESSAGES,
    prune: MAX_CONTROL_MESSAGES,
    prune$: { peers: MAX_PEER_INFOS },
    idontwant: MAX_CONTROL_MESSAGES,
    idontwant$: { messageIDs: MAX_UNWANTED_IDS },
  },
}

/**
 * Control messages of an RPC, and ids in all lists of one. What the lists may have one by one is 25 million ids together; an
 * empty one takes two bytes of an RPC, and fifty times as many once it is read. Who is honest tells of some seconds' messages.
 */
const MAX_CONTROLS = 16
const MAX_CONTROL_IDS = 65_536

/** Of the fields of an RPC, a subscription and a message. */
const SUBSCRIPTION = tagOf(1)
const MESSAGE = tagOf(2)
const CONTROL = tagOf(3)
const ANNOUNCED = tagOf(1)
const WANTED = tagOf(2)
const UNWANTED = tagOf(5)
const ANNOUNCED_ID = tagOf(2)
const WANTED_ID = tagOf(1)
const UNWANTED_ID = tagOf(1)
const IS_SUBSCRIBE = tagOf(1, 0)
const SUBSCRIBED_TOPIC = tagOf(2)
const FROM = tagOf(1)
const DATA = tagOf(2)
const SEQNO = tagOf(3)
const TOPIC = tagOf(4)
const SIGNATURE = tagOf(5)
const KEY = tagOf(6)

/** The lists of a control message that have ids, and what stands before an id in each. */
const ID_OF_LIST: ReadonlyMap<number, number> = new Map([
  [ANNOUNCED, ANNOUNCED_ID],
  [WANTED, WANTED_ID],
  [UNWANTED, UNWANTED_ID],
])

/** Named as protons names its own: an RPC, but one with more in it than we take. */
export class TooManyElementsError extends Error {
  override readonly name = 'MaxLengthError'
}

/**
 * Decodes an RPC.
 * @throws TooManyElementsError when a list is longer than allowed, and another Error when the bytes are no RPC
 */
export function decodeRpc(bytes: Uint8Array, names: TopicNames): RPC {
  const reader = new ProtobufReader(bytes)
  const rpc: RPC = { subscriptions: [], messages: [] }
  let controls = 0
  while (reader.at < reader.end) {
    const tag = reader.varint()
    if (tag === MESSAGE) {
      if (rpc.messages.length === MAX_MESSAGES) throw new TooManyElementsError('too many messages')
      rpc.messages.push(readMessage(reader, names))
    } else if (tag === SUBSCRIPTION) {
      if (rpc.subscriptions.length === MAX_SUBSCRIPTIONS) throw new TooManyElementsError('too many subscriptions')
      rpc.subscriptions.push(readSubscription(reader, names))
    } else if (tag === CONTROL) {
      rpc.control = readControl(reader.view(), ++controls)
    } else reader.skip(tag)
  }
  return rpc
}

/**
 * @param which of its RPC: 1 is the first
 * @throws TooManyElementsError when there are more of them, or ids in it, than anybody needs, and as the library does
 */
function readControl(bytes: Uint8Array, which: number): RPC.ControlMessage {
  if (which > MAX_CONTROLS) throw new TooManyElementsError('too many control messages')
  if (countIds(bytes) > MAX_CONTROL_IDS) throw new TooManyElementsError('too many ids')
  const idontwant = readUnwanted(bytes)
  if (idontwant === undefined) return withOurIds(RPC.ControlMessage.decode(bytes, CONTROL_LIMITS))
  return { ihave: [], iwant: [], graft: [], prune: [], idontwant }
}

/** Ids of a control message without reading them; of bytes that are none, which the library refuses, as many as come before that shows. */
function countIds(bytes: Uint8Array): number {
  // The shortest id is two bytes: few can be in few.
  if (bytes.length <= 2 * MAX_CONTROL_IDS) return 0
  const reader = new ProtobufReader(bytes)
  let ids = 0
  try {
    while (reader.at < reader.end) {
      const list = reader.varint()
      const id = ID_OF_LIST.get(list)
      if (id === undefined) reader.skip(list)
      else ids += countFields(reader, id)
    }
  } catch {
    // Told by whoever reads it.
  }
  return ids
}

function countFields(reader: ProtobufReader, wanted: number): number {
  const outerEnd = reader.enter()
  let count = 0
  while (reader.at < reader.end) {
    const tag = reader.varint()
    reader.skip(tag)
    if (tag === wanted) count++
  }
  reader.end = outerEnd
  return count
}

/**
 * The IDONTWANTs of a control message that says nothing else, with the ids of messages in them; undefined when it says anything
 * else, in whatever way, or as many as are to be refused.
 */
function readUnwanted(bytes: Uint8Array): RPC.ControlIDontWant[] | undefined {
  if (bytes[0] !== UNWANTED) return undefined
  const reader = new ProtobufReader(bytes)
  const idontwant: RPC.ControlIDontWant[] = []
  try {
    while (reader.at < reader.end) {
      if (reader.varint() !== UNWANTED || idontwant.length === MAX_CONTROL_MESSAGES) return undefined
      const messageIDs = readUnwantedIds(reader)
      if (messageIDs === undefined) return undefined
      idontwant.push({ messageIDs })
    }
  } catch {
    return undefined // the library may be less strict
  }
  return idontwant
}

function readUnwantedIds(reader: ProtobufReader): Uint8Array[] | undefined {
  const outerEnd = reader.enter()
  const ids: Uint8Array[] = []
  let count = 0
  while (reader.at < reader.end) {
    if (reader.varint() !== UNWANTED_ID || ++count > MAX_UNWANTED_IDS) return undefined
    const id = reader.view()
    if (isId(id)) ids.push(id)
  }
  reader.end = outerEnd
  return ids
}

/**
 * Leaves out ids that are of no message, since they are not as long as all of Ethereum's. An id may be as long as an RPC, and
 * upstream keeps those that a peer does not want, or has announced, for seconds, as text of twice that length.
 */
export function withOurIds(control: RPC.ControlMessage): RPC.ControlMessage {
  for (const lists of [control.ihave, control.iwant, control.idontwant]) {
    for (const list of lists) if (!list.messageIDs.every(isId)) list.messageIDs = list.messageIDs.filter(isId)
  }
  return control
}

function isId({ length }: Uint8Array): boolean {
  return length === MESSAGE_ID_BYTES
}

function readMessage(reader: ProtobufReader, names: TopicNames): RPC.Message {
  const outerEnd = reader.enter()
  const message: RPC.Message = { topic: '' }
  while (reader.at < reader.end) {
    const tag = reader.varint()
    if (tag === DATA) message.data = reader.view()
    else if (tag === TOPIC) message.topic = readTopic(reader, names)
    else readRareField(reader, message, tag)
  }
  reader.end = outerEnd
  return message
}

/** What StrictNoSign forbids: read to be told that it is there. */
function readRareField(reader: ProtobufReader, message: RPC.Message, tag: number): void {
  if (tag === FROM) message.from = reader.view()
  else if (tag === SEQNO) message.seqno = reader.view()
  else if (tag === SIGNATURE) message.signature = reader.view()
  else if (tag === KEY) message.key = reader.view()
  else reader.skip(tag)
}

function readSubscription(reader: ProtobufReader, names: TopicNames): RPC.SubOpts {
  const outerEnd = reader.enter()
  const subscription: RPC.SubOpts = {}
  while (reader.at < reader.end) {
    const tag = reader.varint()
    if (tag === IS_SUBSCRIBE) subscription.subscribe = reader.varint() !== 0
    else if (tag === SUBSCRIBED_TOPIC) subscription.topic = readTopic(reader, names)
    else reader.skip(tag)
  }
  reader.end = outerEnd
  return subscription
}

function readTopic(reader: ProtobufReader, names: TopicNames): string {
  const start = reader.span()
  return names.read(reader.bytes, start, reader.at)
}
