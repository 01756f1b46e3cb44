// The library reads its preset when it is loaded, and a test file has a process of its own.
process.env['LODESTAR_PRESET'] = 'minimal'
const { holdAgainstLodestar } = await import('./ssz-layout-suite.ts')

holdAgainstLodestar('minimal')
