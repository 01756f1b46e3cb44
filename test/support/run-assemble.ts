/** `npm run assemble`: the code of src's WebAssembly from its text. */
import { writeAssembled } from './assemble.ts'

await writeAssembled()
