import { holdAgainstLodestar } from './ssz-layout-suite.ts'

holdAgainstLodestar('mainnet')
