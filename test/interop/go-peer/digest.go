package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// digestInput is what a fork digest of fulu and later depends on.
type digestInput struct {
	ForkVersion           string `json:"forkVersion"`
	GenesisValidatorsRoot string `json:"genesisValidatorsRoot"`
	// BlobEpoch and MaxBlobs are the blob parameters in force.
	BlobEpoch uint64 `json:"blobEpoch"`
	MaxBlobs  uint64 `json:"maxBlobs"`
}

// forkDigest is compute_fork_digest of the fulu specification: the root of ForkData, masked with a hash of the blob
// parameters. Written a second time here so that the relay's own is checked by something it did not write.
func forkDigest(in digestInput) (string, error) {
	version, err := hexBytes(in.ForkVersion, 4)
	if err != nil {
		return "", err
	}
	root, err := hexBytes(in.GenesisValidatorsRoot, rootBytes)
	if err != nil {
		return "", err
	}
	forkData := make([]byte, 2*rootBytes)
	copy(forkData, version)
	copy(forkData[rootBytes:], root)
	base := sha256.Sum256(forkData)
	blobs := binary.LittleEndian.AppendUint64(nil, in.BlobEpoch)
	mask := sha256.Sum256(binary.LittleEndian.AppendUint64(blobs, in.MaxBlobs))
	digest := make([]byte, 4)
	for i := range digest {
		digest[i] = base[i] ^ mask[i]
	}
	return hex.EncodeToString(digest), nil
}
