package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/swaggest/swgui/v5/static"
)

//go:embed all:assets
var embedded embed.FS

//go:embed integrity.json
var integrity []byte

// cdn mirrors the files of npm packages unmodified.
const cdn = "https://cdn.jsdelivr.net"

// published is a file of an npm package, as integrity.json names it.
type published struct{ Package, Version, Path, Integrity string }

// bundle is where a page loads a file from.
type bundle struct {
	URL       string
	Integrity string // hash that the browser checks; empty for files of this server
}

// Remote reports whether the file comes from another server.
func (b bundle) Remote() bool { return b.Integrity != "" }

// assets serves the bundles of the build, compressed once at start.
type assets struct {
	packed map[string][]byte // gzip, by file name
	links  map[string]bundle
}

// bundles takes what was embedded, and the rest from the CDN. The address of an embedded file holds a hash of its
// content, so that browsers may keep it for ever. The build never changes, so once is enough.
var bundles = sync.OnceValues(func() (*assets, error) {
	var remote map[string]published
	if err := json.Unmarshal(integrity, &remote); err != nil {
		return nil, fmt.Errorf("read integrity.json: %w", err)
	}
	a := &assets{packed: map[string][]byte{}, links: map[string]bundle{}}
	if err := a.take(embedded, "assets"); err != nil {
		return nil, err
	}
	if err := a.take(static.FS, "."); err != nil {
		return nil, err
	}
	for name, p := range remote {
		a.links[name] = bundle{URL: cdn + "/npm/" + p.Package + "@" + p.Version + "/" + p.Path, Integrity: p.Integrity}
	}
	for name, body := range a.packed {
		sum := sha256.Sum256(body)
		a.links[name] = bundle{URL: "/assets/" + name + "?v=" + hex.EncodeToString(sum[:6])}
	}
	return a, nil
})

// take compresses the scripts and styles of a folder; those that are compressed already are taken as they are.
func (a *assets) take(from fs.FS, folder string) error {
	entries, err := fs.ReadDir(from, folder)
	if err != nil {
		return fmt.Errorf("list embedded files: %w", err)
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".gz")
		if ext := path.Ext(name); entry.IsDir() || ext != ".js" && ext != ".css" {
			continue
		}
		body, err := fs.ReadFile(from, path.Join(folder, entry.Name()))
		if err != nil {
			return fmt.Errorf("read embedded file: %w", err)
		}
		if name == entry.Name() {
			if body, err = pack(body); err != nil {
				return err
			}
		}
		a.packed[name] = body
	}
	return nil
}

func pack(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("compress embedded file: %w", err)
	}
	_, err = w.Write(body)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress embedded file: %w", err)
	}
	return out.Bytes(), nil
}

// named returns where a page finds its files.
func (a *assets) named(names []string) []bundle {
	found := make([]bundle, len(names))
	for i, name := range names {
		found[i] = a.links[name]
	}
	return found
}

// ServeHTTP answers with an embedded file, or 404 when it was not embedded.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	body, ok := a.packed[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}[path.Ext(name)])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
		return
	}
	plain, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		panic(fmt.Errorf("unpack %s: %w", name, err)) // a fault of the build, not of the request
	}
	_, _ = io.Copy(w, plain) //nolint:gosec // the files are our own
}
