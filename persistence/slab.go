package persistence

import "strings"

// slab hands out places for the values of one answer, many from one allocation. What is handed out lives until none of its
// neighbours is needed any more.
type slab[T any] struct {
	rest []T
	size int // of the last allocation
}

// maxSlab is how many values are allocated at once, at most; the first of an answer are allocated by ones and twos.
const maxSlab = 64

// take returns n places side by side that nobody else has; it is never nil.
func (s *slab[T]) take(n int) []T {
	if s.rest == nil || len(s.rest) < n {
		s.size = max(min(2*s.size, maxSlab), n, 1)
		s.rest = make([]T, s.size)
	}
	taken := s.rest[:n:n]
	s.rest = s.rest[n:]
	return taken
}

// keep returns a place that holds the value.
func (s *slab[T]) keep(value T) *T {
	place := &s.take(1)[0]
	*place = value
	return place
}

// textSlab keeps the texts of one answer, many in one allocation.
type textSlab struct{ chunk strings.Builder }

// Texts from longText bytes have an allocation of their own, shorter ones share some of at most maxChunk bytes.
const (
	longText = 2 << 10
	minChunk = 256
	maxChunk = 16 << 10
)

// keep returns a copy of raw.
func (t *textSlab) keep(raw []byte) string {
	if len(raw) >= longText {
		return string(raw)
	}
	if t.chunk.Cap()-t.chunk.Len() < len(raw) {
		size := max(min(2*t.chunk.Cap(), maxChunk), minChunk, len(raw))
		t.chunk.Reset()
		t.chunk.Grow(size)
	}
	start := t.chunk.Len()
	t.chunk.Write(raw)
	return t.chunk.String()[start:]
}
