/** The worker as it is, with a fault that nobody catches half a second after it was loaded. */
import '../../../src/discovery-worker/main.ts'

setTimeout(() => {
  throw new Error('a fault for the test')
}, 500)
