package gateway

import (
	"context"
	"fmt"
	"io"

	"kanera.dev/gateway/demo"
)

// Prepare seeds the demo organisation when the environment is development and the database is new. It returns the
// facts about the demo, or nil when this data folder knows of none.
func (g *Gateway) Prepare(ctx context.Context) (*demo.Facts, error) {
	target := g.config.DemoTarget(g.store)
	if g.config.Environment == "development" {
		facts, err := demo.Seed(ctx, target)
		if facts != nil || err != nil {
			return facts, err
		}
	}
	facts, err := demo.ReadFacts(g.config.DataDir)
	if facts == nil || err != nil || facts.APIURL == target.APIURL() {
		return facts, err
	}
	facts.APIURL = target.APIURL() // the server has moved since
	return facts, facts.Write(g.config.DataDir)
}

// Announce tells a person at the console where to go.
func (g *Gateway) Announce(to io.Writer, facts *demo.Facts) {
	fmt.Fprintf(to, `
  Kanera is running.

  GraphiQL        %[1]s/graphiql
  REST reference  %[1]s/docs
  Swagger UI      %[1]s/swagger
  Health          %[1]s/health
`, g.config.PublicURL)
	if facts == nil {
		fmt.Fprint(to, "\n  Make a key with: kanera keys create --workspace ID --name NAME --scope read\n\n")
		return
	}
	fmt.Fprintf(to, "\n  API key         %s\n  More keys and ids are in %s\n\n", facts.WorkspaceKey, g.config.DataDir+"/"+demo.FactsFile)
}
