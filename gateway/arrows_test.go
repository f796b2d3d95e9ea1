package gateway_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "kanera.dev"

// compiled is one package of this module as the go command sees it, without its tests.
type compiled struct {
	ImportPath string
	Imports    []string // named in its files
	Deps       []string // everything it pulls in
}

// TestArrows keeps the direction of the dependencies: persistence -> domain <- graph, rest -> domain, gateway -> all.
// The linter says the same while editing; here it holds over whole dependency trees.
func TestArrows(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for _, room := range []string{"domain", "persistence", "graph", "rest", "gateway"} {
		if !slices.ContainsFunc(packages, func(p compiled) bool { return within(p.ImportPath, module+"/"+room) }) {
			t.Errorf("there is no package %s: has the room moved?", room)
		}
	}

	rows := []struct {
		name   string
		from   string   // packages within this room
		except string   // but not within this one
		deps   bool     // look at everything they pull in, not only at what they name
		never  []string // must not meet these
	}{
		{name: "domain stands alone", from: "domain", deps: true, never: []string{
			module + "/persistence", module + "/graph", module + "/rest", module + "/gateway",
		}},
		{name: "persistence knows the domain only", from: "persistence", deps: true, never: []string{
			module + "/graph", module + "/rest", module + "/gateway",
		}},
		{name: "live knows the domain only", from: "graph/live", deps: true, never: []string{
			module + "/persistence", module + "/rest", module + "/gateway", "github.com/99designs",
		}},
		{name: "graph never meets storage or the doors", from: "graph", deps: true, never: []string{
			module + "/persistence", module + "/rest", module + "/gateway", "gorm.io", "github.com/redis",
		}},
		{name: "rest never meets storage or resolvers", from: "rest", deps: true, never: []string{
			module + "/persistence", module + "/graph", module + "/gateway", "gorm.io", "github.com/redis",
		}},
		{name: "gorm lives in persistence", except: "persistence", never: []string{"gorm.io"}},
		{name: "redis lives in persistence/redis", except: "persistence/redis", never: []string{
			"github.com/redis", "github.com/alicebob/miniredis",
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, p := range packages {
				if !within(p.ImportPath, module+"/"+row.from) || row.except != "" && within(p.ImportPath, module+"/"+row.except) {
					continue
				}
				met := p.Imports
				if row.deps {
					met = p.Deps
				}
				for _, dep := range met {
					if slices.ContainsFunc(row.never, func(root string) bool { return within(dep, root) }) {
						t.Errorf("%s must not reach %s", p.ImportPath, dep)
					}
				}
			}
		})
	}
}

// TestDomainIsStandardLibrary holds the domain to the standard library and the UUID package.
func TestDomainIsStandardLibrary(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if !within(p.ImportPath, module+"/domain") {
			continue
		}
		for _, dep := range p.Deps {
			if first, _, _ := strings.Cut(dep, "/"); !strings.Contains(first, ".") {
				continue // the standard library
			}
			if !within(dep, module+"/domain") && !within(dep, "github.com/google/uuid") {
				t.Errorf("%s must not reach %s", p.ImportPath, dep)
			}
		}
	}
}

// within reports whether an import path is root or lies below it.
func within(path, root string) bool {
	root = strings.TrimSuffix(root, "/")
	return path == root || strings.HasPrefix(path, root+"/")
}

func list(t *testing.T) []compiled {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps=false", "-json=ImportPath,Imports,Deps", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []compiled
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p compiled
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}
