package rest

// answered lists the names of the answer, through nests.
func answered(members []member) (names []string) {
	for _, m := range members {
		switch m.kind {
		case isField, isSpread:
			names = append(names, m.name)
		case isNest:
			names = append(names, answered(m.shape.members)...)
		}
	}
	return names
}

// written lists the names of the body, through spreads.
func written(members []member) (names []string) {
	for _, m := range members {
		if m.kind == isSpread {
			names = append(names, written(m.shape.members)...)
			continue
		}
		names = append(names, m.name)
	}
	return names
}

// twice returns a name that occurs twice, or nothing.
func twice(names []string) string {
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return name
		}
		seen[name] = true
	}
	return ""
}

// allRaw reports whether members that are answered are written, as they stand.
func allRaw(members []member) bool {
	for _, m := range members {
		if m.kind != isField || m.narrow || m.without != omitNothing || !m.shape.raw {
			return false
		}
	}
	return true
}
