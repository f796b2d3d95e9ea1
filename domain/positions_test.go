package domain

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestArrangeFindsThePlace(t *testing.T) {
	t.Parallel()
	row := func(id string, at Position) Ranked { return Ranked{ID: id, Position: at} }
	three := []Ranked{row("a", 1*PositionStep), row("b", 2*PositionStep), row("c", 3*PositionStep)}
	tight := []Ranked{row("a", 10), row("b", 11)}
	for name, test := range map[string]struct {
		siblings   []Ranked
		id         string
		anchor     Anchor
		want       Position
		rebalanced int
		code       Code
	}{
		"first of all":             {nil, "x", Anchor{Kind: AnchorBottom}, PositionStep, 0, ""},
		"appended":                 {three, "x", Anchor{Kind: AnchorBottom}, 4 * PositionStep, 0, ""},
		"prepended":                {three, "x", Anchor{Kind: AnchorTop}, 0, 0, ""},
		"after one":                {three, "c", Anchor{Kind: AnchorAfter, ID: "a"}, 3 * PositionStep / 2, 0, ""},
		"before one":               {three, "a", Anchor{Kind: AnchorBefore, ID: "c"}, 5 * PositionStep / 2, 0, ""},
		"after the last":           {three, "a", Anchor{Kind: AnchorAfter, ID: "c"}, 4 * PositionStep, 0, ""},
		"before the first":         {three, "c", Anchor{Kind: AnchorBefore, ID: "a"}, 0, 0, ""},
		"beside itself":            {three, "b", Anchor{Kind: AnchorAfter, ID: "b"}, 2 * PositionStep, 0, ""},
		"no room":                  {tight, "x", Anchor{Kind: AnchorAfter, ID: "a"}, 2 * PositionStep, 3, ""},
		"unknown neighbour":        {three, "a", Anchor{Kind: AnchorAfter, ID: "z"}, 0, 0, CodeBadRequest},
		"a new row beside itself":  {three, "x", Anchor{Kind: AnchorAfter, ID: "x"}, 0, 0, CodeBadRequest},
		"no anchor":                {three, "a", Anchor{}, 0, 0, CodeValidation},
		"the only one, to the top": {three[:1], "a", Anchor{Kind: AnchorTop}, PositionStep, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, rebalanced, err := arrange(test.siblings, test.id, test.anchor)
			if test.code != "" {
				if CodeOf(err) != test.code {
					t.Fatalf("error %v, want %s", err, test.code)
				}
				return
			}
			if err != nil || got != test.want || len(rebalanced) != test.rebalanced {
				t.Fatalf("got %s, %d rebalanced, %v; want %s, %d", got, len(rebalanced), err, test.want, test.rebalanced)
			}
		})
	}
}

// After any sequence of moves the siblings stand where a plain slice would have them, at rising positions.
func TestArrangeKeepsTheOrderOfASlice(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11))
	for round := range 20 {
		var stored []Ranked
		var model []string
		for step := range 300 {
			id := fmt.Sprint(random.IntN(8))
			anchor := randomAnchor(random, model)
			if anchor.ID == id && !slices.Contains(model, id) {
				continue
			}
			stored = moved(t, stored, id, anchor)
			model = movedModel(model, id, anchor)
			for i, r := range stored {
				if r.ID != model[i] || i > 0 && stored[i-1].Position >= r.Position {
					t.Fatalf("round %d step %d: %v, want order %v", round, step, stored, model)
				}
			}
		}
	}
}

func TestRepeatedMidpointsRebalance(t *testing.T) {
	t.Parallel()
	stored := []Ranked{{"a", PositionStep}, {"b", 2 * PositionStep}}
	for i := 1; ; i++ {
		_, rebalanced, err := arrange(stored, fmt.Sprint(i), Anchor{Kind: AnchorAfter, ID: "a"})
		if err != nil {
			t.Fatal(err)
		}
		if rebalanced != nil {
			if i < 25 || i > 35 {
				t.Fatalf("rebalanced after %d inserts, want about 30", i)
			}
			return
		}
		stored = moved(t, stored, fmt.Sprint(i), Anchor{Kind: AnchorAfter, ID: "a"})
	}
}

func randomAnchor(random *rand.Rand, model []string) Anchor {
	kinds := []AnchorKind{AnchorTop, AnchorBottom, AnchorAfter, AnchorAfter, AnchorBefore}
	kind := kinds[random.IntN(len(kinds))]
	if len(model) == 0 || kind == AnchorTop || kind == AnchorBottom {
		return Anchor{Kind: []AnchorKind{AnchorTop, AnchorBottom}[random.IntN(2)]}
	}
	return Anchor{Kind: kind, ID: model[random.IntN(len(model))]}
}

func moved(t *testing.T, stored []Ranked, id string, anchor Anchor) []Ranked {
	t.Helper()
	position, rebalanced, err := arrange(stored, id, anchor)
	if err != nil {
		t.Fatal(err)
	}
	if rebalanced != nil {
		return rebalanced
	}
	stored = slices.DeleteFunc(slices.Clone(stored), func(r Ranked) bool { return r.ID == id })
	stored = append(stored, Ranked{id, position})
	slices.SortFunc(stored, func(a, b Ranked) int { return cmp.Compare(a.Position, b.Position) })
	return stored
}

func movedModel(model []string, id string, anchor Anchor) []string {
	if anchor.ID == id {
		return model
	}
	model = slices.DeleteFunc(slices.Clone(model), func(other string) bool { return other == id })
	at := 0
	switch anchor.Kind {
	case AnchorBottom:
		at = len(model)
	case AnchorAfter:
		at = slices.Index(model, anchor.ID) + 1
	case AnchorBefore:
		at = slices.Index(model, anchor.ID)
	}
	return slices.Insert(model, at, id)
}
