/** The real network worker, plus an ear for commands to fail. */
import '../../../src/network-worker/main.ts'

const commands = new BroadcastChannel('mortal-worker')
commands.unref()
commands.onmessage = ({ data }) => {
  if (data === 'throw') throw new Error('told to throw')
  if (data === 'reject') void Promise.reject(new Error('told to reject'))
  if (data === 'exit') process.exit(3)
  if (data === 'spin') for (;;);
}
