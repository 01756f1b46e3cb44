/** The real network worker, plus an ear for commands to fail. */
import { pbkdf2Sync } from 'node:crypto'
import '../../../src/network-worker/main.ts'

/** More rounds than any machine does while a test waits. */
const ENDLESS = 2 ** 31 - 1

const commands = new BroadcastChannel('mortal-worker')
commands.unref()
commands.onmessage = ({ data }) => {
  if (data === 'throw') throw new Error('told to throw')
  if (data === 'reject') void Promise.reject(new Error('told to reject'))
  if (data === 'exit') process.exit(3)
  if (data === 'spin') for (;;);
  if (data === 'hang outside of JavaScript') pbkdf2Sync('', '', ENDLESS, 32, 'sha512')
}
