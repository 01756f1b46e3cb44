/** Test vectors of other implementations for Noise_XX_25519_ChaChaPoly_SHA256, all numbers in hex. */
export interface NoiseVector {
  readonly source: string
  readonly prologue: string
  readonly initiator: { readonly static: string; readonly ephemeral: string }
  readonly responder: { readonly static: string; readonly ephemeral: string }
  readonly handshakeHash?: string
  /** Who sends the first message after the handshake. */
  readonly next: 'initiator' | 'responder'
  /** Payload and what goes over the wire: three of the handshake, then by turns. */
  readonly messages: readonly (readonly [payload: string, ciphertext: string])[]
}

const count = (from: number): string => Buffer.from(Array.from({ length: 32 }, (_, at) => from + at)).toString('hex')

export const VECTORS: readonly NoiseVector[] = [
  {
    source: 'cacophony',
    next: 'responder',
    prologue: '4a6f686e2047616c74',
    initiator: {
      static: 'e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1',
      ephemeral: '893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a',
    },
    responder: {
      static: '4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893',
      ephemeral: 'bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b',
    },
    handshakeHash: 'c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e',
    messages: [
      [
        '4c756477696720766f6e204d69736573',
        'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573',
      ],
      [
        '4d757272617920526f746862617264',
        '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884381cbad1f276e038c48378ffce2b65285e08d6b68aaa3629a5a8639392490e5b9bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f8814c7194e83f23dbd8d162c9326ad',
      ],
      [
        '462e20412e20486179656b',
        'c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a89be0865b57f58c9fea0d4ec82a286427402f113e4b6ae769a1d95941d49b25030',
      ],
      ['4361726c204d656e676572', '96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df'],
      ['4a65616e2d426170746973746520536179', '3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5'],
      [
        '457567656e2042f6686d20766f6e2042617765726b',
        'eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f',
      ],
    ],
  },
  {
    source: 'flynn/noise, without payloads',
    next: 'initiator',
    prologue: '',
    initiator: { static: count(0x00), ephemeral: count(0x20) },
    responder: { static: count(0x01), ephemeral: count(0x41) },
    messages: [
      ['', '358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254'],
      [
        '',
        '64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea17a6f2a0bb4ef4ed56c133cff4560a34e36ea82109f26cf2e5a5caf992b608d55c747f615e5a3425a7a19eefb8f',
      ],
      [
        '',
        '87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d97e5ea11b16f3968710b23a3be3202dc1b5e1ce3c963347491e74f5c0768a9b42',
      ],
      ['79656c6c6f777375626d6172696e65', 'a52ef02ba60e12696d1d6b9ef4245c88fca757b6134ad6e76b56e310a6adf6'],
      ['7375626d6172696e6579656c6c6f77', '2445aa438ebd649281c636cc7269ca82f1d9023d72520943aeabf909cdf521'],
    ],
  },
]
