// Package pages serves what a person opens in a browser: GraphiQL, the REST reference (Scalar), Swagger UI and an
// index of them.
//
// The bundles of GraphiQL and Scalar are embedded from assets/, which `make assets` fills; a bundle that was not
// there at build time is loaded from a CDN that mirrors npm, checked by its hash in integrity.json. Swagger UI always comes
// out of its Go module.
package pages

import (
	"bytes"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed templates/*.html
var templates embed.FS

// Pages renders the pages. It is safe for concurrent use.
type Pages struct {
	templates *template.Template
	assets    *assets
}

// New prepares the pages.
func New() (*Pages, error) {
	parsed, err := template.ParseFS(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse page templates: %w", err)
	}
	bundles, err := bundles()
	if err != nil {
		return nil, err
	}
	return &Pages{templates: parsed, assets: bundles}, nil
}

// page is one page: its template, the bundles it loads and what its Content-Security-Policy allows beyond them.
type page struct {
	template        string
	styles, scripts []string
	policy          string
}

// Every page may talk to this server only, whatever its scripts would like.
var (
	indexPage    = page{template: "index.html", policy: "style-src 'nonce-NONCE'; img-src data:"}
	graphiQLPage = page{template: "graphiql.html", styles: []string{"graphiql.css"},
		scripts: []string{"react.js", "react-dom.js", "graphiql.js"}, policy: scriptPolicy}
	scalarPage  = page{template: "scalar.html", scripts: []string{"scalar.js"}, policy: scriptPolicy}
	swaggerPage = page{template: "swagger.html", styles: []string{"swagger-ui.css"},
		scripts: []string{"swagger-ui-bundle.js"}, policy: scriptPolicy}
)

// scriptPolicy runs scripts that carry the nonce only. All three tools write style elements while they run, so
// inline styles are allowed.
const scriptPolicy = "script-src 'nonce-NONCE'; style-src 'self' 'unsafe-inline' " + cdn + "; " +
	"img-src 'self' data:; font-src 'self' data: " + cdn + "; connect-src 'self'"

// Index links to everything else.
func (p *Pages) Index(w http.ResponseWriter, _ *http.Request) { p.render(w, indexPage) }

// GraphiQL is the editor for /graphql.
func (p *Pages) GraphiQL(w http.ResponseWriter, _ *http.Request) { p.render(w, graphiQLPage) }

// Reference is the REST reference.
func (p *Pages) Reference(w http.ResponseWriter, _ *http.Request) { p.render(w, scalarPage) }

// Swagger is the REST reference as Swagger UI shows it.
func (p *Pages) Swagger(w http.ResponseWriter, _ *http.Request) { p.render(w, swaggerPage) }

// Asset serves an embedded bundle, named by the last element of the path.
func (p *Pages) Asset(w http.ResponseWriter, r *http.Request) { p.assets.ServeHTTP(w, r) }

func (p *Pages) render(w http.ResponseWriter, shown page) {
	nonce := rand.Text()
	styles, scripts := p.assets.named(shown.styles), p.assets.named(shown.scripts)
	var body bytes.Buffer
	err := p.templates.ExecuteTemplate(&body, shown.template, map[string]any{
		"Nonce": nonce, "Styles": styles, "Scripts": scripts,
	})
	if err != nil {
		panic(fmt.Errorf("render %s: %w", shown.template, err)) // a fault of the build, not of the request
	}
	policy := strings.ReplaceAll(shown.policy, "NONCE", nonce)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "+policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store") // the nonce is good for one answer
	_, _ = body.WriteTo(w)
}
