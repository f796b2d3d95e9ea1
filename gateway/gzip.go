package gateway

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

const (
	minZipped = 1 << 10 // answers below that many bytes fit into a packet or two as they are
	maxZipper = 1 << 20 // what a compressor may hold on to between two answers
)

// zipper compresses into memory, so that the length is known before anything is sent.
type zipper struct {
	out  bytes.Buffer
	gzip *gzip.Writer
}

var zippers = sync.Pool{New: func() any {
	z := &zipper{}
	z.gzip, _ = gzip.NewWriterLevel(&z.out, gzip.BestSpeed) // fails only for a level that does not exist
	return z
}}

// writeGzip sends an answer compressed, as fast as that goes.
func writeGzip(w http.ResponseWriter, status int, parts [][]byte) error {
	z, _ := zippers.Get().(*zipper) // it makes no others
	z.out.Reset()
	z.gzip.Reset(&z.out)
	for _, part := range parts {
		_, _ = z.gzip.Write(part) // memory takes everything
	}
	_ = z.gzip.Close()
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", strconv.Itoa(z.out.Len()))
	w.WriteHeader(status)
	_, err := w.Write(z.out.Bytes())
	if z.out.Cap() <= maxZipper {
		zippers.Put(z)
	}
	return err //nolint:wrapcheck // what the connection says
}

// takesGzip reports whether Accept-Encoding names gzip, or everything, and does not prefer the plain bytes.
func takesGzip(accepted []string) bool {
	named, others, plain := -1.0, 0.0, 0.0
	for _, line := range accepted {
		for part := range strings.SplitSeq(line, ",") {
			coding, weight := weighed(part)
			switch coding {
			case "gzip", "x-gzip":
				named = weight
			case "*":
				others = weight
			case "identity":
				plain = weight
			}
		}
	}
	if named < 0 {
		named = others
	}
	return named > 0 && named >= plain
}

// weighed takes a coding and its weight apart; nonsense counts as "do not send".
func weighed(part string) (coding string, weight float64) {
	coding, parameter, given := strings.Cut(part, ";")
	weight = 1
	if given {
		q, _ := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameter)), "q=")
		weight, _ = strconv.ParseFloat(q, 64)
	}
	return strings.ToLower(strings.TrimSpace(coding)), weight
}
