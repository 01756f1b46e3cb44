/** Answers as a worker should, and dies of whatever it is asked to do. */
import { expose } from '@chainsafe/threads/worker'

function die(): Promise<void> {
  process.exit(7)
}

expose({ start: die, stop: die })
