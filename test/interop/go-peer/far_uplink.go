package main

import "time"

const bitsPerByte = 8

// uplink is what a host sends through: packets leave one after the other, and those for which it holds too much are lost.
// The zero value has no bound.
type uplink struct {
	// nsPerByte is 0 without a bound.
	nsPerByte float64
	buffer    time.Duration
	// freeAt is when all that was taken has left.
	freeAt time.Time
}

// newUplink has mbits Mbit leave in a second, and holds what leaves within bufferMs; 0 Mbit are no bound.
func newUplink(mbits, bufferMs float64) *uplink {
	if mbits <= 0 {
		return &uplink{}
	}
	return &uplink{
		nsPerByte: bitsPerByte * 1e3 / mbits,
		buffer:    time.Duration(bufferMs * float64(time.Millisecond)),
	}
}

// take tells when a packet that comes now has left; false when there is no room for it.
func (u *uplink) take(now time.Time, length int) (time.Time, bool) {
	if u.nsPerByte == 0 {
		return now, true
	}
	if u.freeAt.Before(now) {
		u.freeAt = now
	}
	if u.freeAt.Sub(now) > u.buffer {
		return now, false
	}
	u.freeAt = u.freeAt.Add(time.Duration(float64(length) * u.nsPerByte))
	return u.freeAt, true
}
