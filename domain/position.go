package domain

import (
	"fmt"
	"io"
	"math"
	"strconv"
)

// Position is a rank among siblings: a decimal with ten fraction digits, kept as a whole number of 1e-10 so that
// midpoints are exact in Go and in every database.
type Position int64

const (
	// PositionStep is the distance between neighbours that were appended: 1000.
	PositionStep Position = 1000 * positionUnit
	// PositionGap is the smallest distance a midpoint may leave (1e-6); below it the siblings are renumbered.
	PositionGap Position = positionUnit / 1_000_000

	positionUnit = 10_000_000_000
)

// String writes the position the way the contract does, such as "1000.0000000000".
func (p Position) String() string { return string(p.Append(nil)) }

// Append appends what String writes.
func (p Position) Append(out []byte) []byte {
	v := uint64(p)
	if p < 0 {
		out, v = append(out, '-'), -v
	}
	out = strconv.AppendUint(out, v/positionUnit, 10)
	point := len(out)
	out = strconv.AppendUint(out, positionUnit+v%positionUnit, 10) // the unit keeps leading zeros, and its 1 makes room
	out[point] = '.'
	return out
}

// MarshalGQL writes the position as a string.
func (p Position) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(p.String())) }

// UnmarshalGQL exists because GraphQL scalars are two-way; positions are never read.
func (p *Position) UnmarshalGQL(any) error { return fmt.Errorf("positions are not accepted as input") }

// MarshalJSON writes the position as a string, as events and activity show it.
func (p Position) MarshalJSON() ([]byte, error) { return []byte(strconv.Quote(p.String())), nil }

// PositionBetween returns the place between two neighbours; nil stands for the open end. It reports false when
// the gap is too small or the number line ends, and the siblings have to be renumbered first.
func PositionBetween(before, after *Position) (Position, bool) {
	switch {
	case before == nil && after == nil:
		return PositionStep, true
	case before == nil:
		return *after - PositionStep, *after > math.MinInt64+PositionStep
	case after == nil:
		return *before + PositionStep, *before < math.MaxInt64-PositionStep
	}
	gap := *after - *before
	return *before + gap/2, gap/2 >= PositionGap
}

// PositionAt returns the position of the i-th sibling (from 0) after renumbering.
func PositionAt(i int) Position { return Position(i+1) * PositionStep }

// Anchor says where something goes among its siblings. The zero Anchor says nothing and is refused by use cases.
type Anchor struct {
	Kind AnchorKind
	ID   string // the neighbour, for AnchorAfter and AnchorBefore
}

// AnchorKind is the way an Anchor names a place.
type AnchorKind int

// Ways to name a place.
const (
	AnchorNone AnchorKind = iota
	AnchorTop
	AnchorBottom
	AnchorAfter
	AnchorBefore
)

// Ranked is a sibling in an order.
type Ranked struct {
	ID       string
	Position Position
}
