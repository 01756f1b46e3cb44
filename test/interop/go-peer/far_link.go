package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// A link to another host, on this one: a TUN device whose packets come back after a while as if they were sent by the
// host at its other end. Who connects to the far address reaches what listens here, over the system's own TCP or UDP and a
// round trip away; both sides see the far address as their peer's.

type farLinkArgs struct {
	// Device is the name that the TUN device gets; it goes with this process.
	Device string `json:"device"`
	// Near is the device's own address, Far the one at its other end, Listener where the far address is listened for.
	Near     netip.Addr `json:"near"`
	Far      netip.Addr `json:"far"`
	Listener netip.Addr `json:"listener"`
	// OneWayMs is how long a packet takes.
	OneWayMs float64 `json:"oneWayMs"`
	// UplinkMbits is what Listener's host sends in a second at most, and BufferMs how long that may wait; 0 Mbit are no bound.
	UplinkMbits float64 `json:"uplinkMbits"`
	BufferMs    float64 `json:"bufferMs"`
}

type farLinkCounts struct {
	Packets int64 `json:"packets"`
	// Dropped found no room: the link itself loses nothing, so that a run in which it did tells of nothing else.
	Dropped int64 `json:"dropped"`
	// Lost found no room at the uplink, as on any that is too narrow.
	Lost int64 `json:"lost"`
}

const (
	// tunSetIff is TUNSETIFF of linux/if_tun.h; the flags are IFF_TUN and IFF_NO_PI.
	tunSetIff = 0x400454ca
	tunFlags  = 0x0001 | 0x1000
	// maxDeviceName is IFNAMSIZ of linux/if.h without its last byte.
	maxDeviceName = 15
	farLinkMTU    = 1500
	// farLinkPackets on their way at once: 64 MB of blocks, of which a bench has one or two.
	farLinkPackets = 1 << 16

	protocolTCP = 6
	protocolUDP = 17
	minIPHeader = 20
)

type farLink struct {
	packets, dropped, lost atomic.Int64
	open                   atomic.Bool
}

func newFarLink() *farLink { return &farLink{} }

func (l *farLink) handlers() map[string]handler {
	return map[string]handler{
		"farLinkOpen": typed(l.start),
		"farLinkCounts": typed(func(context.Context, struct{}) (any, error) {
			return farLinkCounts{Packets: l.packets.Load(), Dropped: l.dropped.Load(), Lost: l.lost.Load()}, nil
		}),
	}
}

type delayedPacket struct {
	due  time.Time
	data []byte
}

// start makes the device, which has yet to be given its address, and serves it for as long as the process lives.
func (l *farLink) start(_ context.Context, args farLinkArgs) (any, error) {
	if !args.Near.Is4() || !args.Far.Is4() || !args.Listener.Is4() {
		return nil, errors.New("a far link is between addresses of IPv4")
	}
	if l.open.Swap(true) {
		return nil, errors.New("there is a far link already")
	}
	device, err := openTun(args.Device)
	if err != nil {
		return nil, err
	}
	// What waits for the uplink holds up nothing that goes the other way.
	out := make(chan delayedPacket, farLinkPackets)
	in := make(chan delayedPacket, farLinkPackets)
	go l.read(device, args, out, in)
	go write(device, out)
	go write(device, in)
	return struct{}{}, nil
}

func openTun(name string) (int, error) {
	if len(name) == 0 || len(name) > maxDeviceName {
		return 0, fmt.Errorf("no name of a device: %q", name)
	}
	device, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("/dev/net/tun: %w", err)
	}
	// struct ifreq of linux/if.h: the name, and the flags in the union behind it.
	var request [40]byte
	copy(request[:maxDeviceName], name)
	binary.NativeEndian.PutUint16(request[maxDeviceName+1:], tunFlags)
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(device), tunSetIff, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		_ = syscall.Close(device)
		return 0, fmt.Errorf("TUN device %s: %w", name, errno)
	}
	return device, nil
}

// read takes packets from the device and has them leave: by the uplink those from the listener, at once all others.
func (l *farLink) read(device int, args farLinkArgs, out, in chan<- delayedPacket) {
	defer close(out)
	defer close(in)
	up := newUplink(args.UplinkMbits, args.BufferMs)
	for {
		packet := make([]byte, farLinkMTU)
		length, err := syscall.Read(device, packet)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return
		}
		packet = packet[:length]
		from, ok := turnRound(packet, args)
		if !ok {
			continue
		}
		l.packets.Add(1)
		leaves, queue := time.Now(), in
		if from == args.Listener {
			queue = out
			if leaves, ok = up.take(leaves, length); !ok {
				l.lost.Add(1)
				continue
			}
		}
		l.delay(queue, delayedPacket{due: leaves.Add(args.oneWay()), data: packet})
	}
}

func (a farLinkArgs) oneWay() time.Duration {
	return time.Duration(a.OneWayMs * float64(time.Millisecond))
}

func (l *farLink) delay(queue chan<- delayedPacket, packet delayedPacket) {
	select {
	case queue <- packet:
	default:
		l.dropped.Add(1)
	}
}

// write hands packets of one direction back when they are due, which is in their order.
func write(device int, queue <-chan delayedPacket) {
	for packet := range queue {
		time.Sleep(time.Until(packet.due))
		for {
			if _, err := syscall.Write(device, packet.data); !errors.Is(err, syscall.EINTR) {
				break
			}
		}
	}
}

// turnRound makes a packet to the far address one from it: to the listener when it came from the near address, and the
// other way round. It tells where the packet came from; false for what is neither, and for what is no TCP or UDP of IPv4.
func turnRound(packet []byte, args farLinkArgs) (netip.Addr, bool) {
	if len(packet) < minIPHeader || packet[0]>>4 != 4 {
		return netip.Addr{}, false
	}
	source, target := netip.AddrFrom4([4]byte(packet[12:16])), netip.AddrFrom4([4]byte(packet[16:20]))
	if target != args.Far {
		return netip.Addr{}, false
	}
	next := args.Listener
	if source == args.Listener {
		next = args.Near
	} else if source != args.Near {
		return netip.Addr{}, false
	}
	header := int(packet[0]&0x0f) * 4
	checksumAt := header
	switch packet[9] {
	case protocolTCP:
		checksumAt += 16
	case protocolUDP:
		checksumAt += 6
	default:
		return netip.Addr{}, false
	}
	if len(packet) < checksumAt+2 {
		return netip.Addr{}, false
	}
	from, to := source.As4(), next.As4()
	patchChecksum(packet[10:12], from, to)
	patchChecksum(packet[checksumAt:], from, to)
	copy(packet[12:16], packet[16:20])
	copy(packet[16:20], to[:])
	return source, true
}

// patchChecksum changes a checksum for one address in place of another (RFC 1624, equation 3). The far address stays in
// the packet, at the other place, which a sum does not tell apart.
func patchChecksum(at []byte, from, to [4]byte) {
	sum := uint32(^binary.BigEndian.Uint16(at))
	for i := 0; i < len(from); i += 2 {
		sum += uint32(^binary.BigEndian.Uint16(from[i:])) + uint32(binary.BigEndian.Uint16(to[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(at, ^uint16(sum))
}
