throw new Error('native module missing')
