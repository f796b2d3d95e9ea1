package domain

// Opt is a member of a change: left out, or set. A member that may be null is an Opt of a pointer; a member that
// may not is one too, so that a null sent for it can be refused.
type Opt[T any] struct {
	Set   bool
	Value T
}

// Some returns a member that is set.
func Some[T any](value T) Opt[T] { return Opt[T]{Set: true, Value: value} }

// present turns a checked member that may not be null into its plain value.
func present[T any](o Opt[*T]) Opt[T] {
	if o.Value == nil {
		return Opt[T]{}
	}
	return Some(*o.Value)
}

// notNull refuses a null for a member that may not be null; expected names its type.
func notNull[T any](c *Checks, o Opt[*T], expected string, path ...any) {
	if o.Set && o.Value == nil {
		c.Add(WrongType(expected, path...))
	}
}

// textIfSet checks a text that may be left out, but not be null or empty.
func textIfSet(c *Checks, o Opt[*string], longest int, path ...any) {
	notNull(c, o, "string", path...)
	if o.Value != nil {
		c.Text(*o.Value, 1, longest, path...)
	}
}

// changes is what a patch did to a row, in the order of its members.
type changes []change

type change struct {
	member   string
	from, to any
}

// alter writes a set member to its target and notes the change.
func alter[T any](c *changes, member string, o Opt[T], target *T) {
	if o.Set {
		*c = append(*c, change{member, *target, o.Value})
		*target = o.Value
	}
}

// payload shows the changes in history: every member with its new value, and fromValue and toValue when only one
// changed.
func (c changes) payload() map[string]any {
	shown := make(map[string]any, len(c)+2)
	for _, each := range c {
		shown[each.member] = each.to
	}
	if len(c) == 1 {
		shown["fromValue"], shown["toValue"] = c[0].from, c[0].to
	}
	return shown
}

// matchVersion refuses a change that is based on another version of the row.
func matchVersion(expected *int, actual int) error {
	if expected != nil && *expected != actual {
		return Conflict("This was changed in the meantime; load it again.")
	}
	return nil
}
