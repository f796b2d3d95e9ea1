package redis

import "container/heap"

// agenda is a set of names, each with a moment, of which the earliest is at hand: what a sorted set is in Redis. Names
// of one moment come in their own order. Changes cost O(log n).
type agenda struct {
	entries []agendaEntry
	places  map[string]int // name -> index in entries
}

type agendaEntry struct {
	name string
	at   int64
}

// set puts a name in or moves it.
func (a *agenda) set(name string, at int64) {
	if i, ok := a.places[name]; ok {
		a.entries[i].at = at
		heap.Fix(a, i)
		return
	}
	heap.Push(a, agendaEntry{name, at})
}

// remove takes a name out, and reports whether it was in.
func (a *agenda) remove(name string) bool {
	i, ok := a.places[name]
	if ok {
		heap.Remove(a, i)
	}
	return ok
}

// has reports whether a name is in, and its moment.
func (a *agenda) has(name string) (at int64, ok bool) {
	i, ok := a.places[name]
	if !ok {
		return 0, false
	}
	return a.entries[i].at, true
}

// until is the earliest entry when its moment is not after at.
func (a *agenda) until(at int64) (first agendaEntry, ok bool) {
	if len(a.entries) == 0 || a.entries[0].at > at {
		return agendaEntry{}, false
	}
	return a.entries[0], true
}

// Len implements heap.Interface.
func (a *agenda) Len() int { return len(a.entries) }

// Less implements heap.Interface.
func (a *agenda) Less(i, j int) bool {
	x, y := a.entries[i], a.entries[j]
	return x.at < y.at || x.at == y.at && x.name < y.name
}

// Swap implements heap.Interface.
func (a *agenda) Swap(i, j int) {
	a.entries[i], a.entries[j] = a.entries[j], a.entries[i]
	a.places[a.entries[i].name], a.places[a.entries[j].name] = i, j
}

// Push implements heap.Interface.
func (a *agenda) Push(x any) {
	entry := x.(agendaEntry) //nolint:forcetypeassert // set pushes nothing else
	if a.places == nil {
		a.places = map[string]int{}
	}
	a.places[entry.name] = len(a.entries)
	a.entries = append(a.entries, entry)
}

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	last := a.entries[len(a.entries)-1]
	a.entries = a.entries[:len(a.entries)-1]
	delete(a.places, last.name)
	return last
}
