package domain

import (
	"sync"
	"time"
)

// zones keeps the time zones that were asked for: reading one takes a file. There are some 600.
var zones sync.Map

// Zone returns a time zone by its IANA name.
func Zone(name string) (*time.Location, error) {
	if kept, ok := zones.Load(name); ok {
		known, _ := kept.(*time.Location) // nothing else is kept
		return known, nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, zone)
	}
	return zone, err
}
