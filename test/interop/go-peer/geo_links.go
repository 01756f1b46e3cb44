package main

import "math/rand/v2"

// geoLink is a connection: the first dials the second.
type geoLink struct{ from, to int }

// drawLinks has each of so many members dial `each` others at random, none that it is linked with already, so that all have
// about twice as many links. The outsiders, which are the last of the members, are not linked with each other. The same
// seed gives the same links.
func drawLinks(members, outsiders, each int, seed uint64) []geoLink {
	random := rand.New(rand.NewPCG(seed, uint64(members)))
	firstOutsider := members - outsiders
	linked := map[geoLink]bool{}
	links := []geoLink{}
	for from := range members {
		dialled := 0
		for _, to := range random.Perm(members) {
			if dialled == each {
				break
			}
			isBarred := from == to || (from >= firstOutsider && to >= firstOutsider)
			if isBarred || linked[geoLink{from, to}] || linked[geoLink{to, from}] {
				continue
			}
			linked[geoLink{from, to}] = true
			links = append(links, geoLink{from, to})
			dialled++
		}
	}
	return links
}
