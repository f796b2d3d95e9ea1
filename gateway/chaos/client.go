package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"kanera.dev/gateway/demo"
)

// requestFor is how long a change may take; a process that was killed does not answer.
const requestFor = 5 * time.Second

// client changes cards through whichever process answers.
type client struct {
	servers  []*server
	facts    *demo.Facts
	answered atomic.Int64
}

func newClient(servers []*server) (*client, error) {
	facts, err := demo.ReadFacts(servers[0].dir)
	if err == nil && facts == nil {
		err = errors.New("the server seeded no demo")
	}
	if err != nil {
		return nil, fmt.Errorf("read the facts of the demo: %w", err)
	}
	return &client{servers: servers, facts: facts}, nil
}

// hook makes a webhook that hears of everything in the workspace.
func (c *client) hook(ctx context.Context, url string) error {
	return c.ask(ctx, `mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) { webhook { id } } }`,
		map[string]any{"input": map[string]any{"workspaceId": c.facts.WorkspaceID, "name": "Chaos", "url": url}})
}

// write changes a card again and again until ctx ends. Changes that fail, because a process is killed, are as good as
// those that do not: what counts is what the database has.
func (c *client) write(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		err := c.ask(ctx, `mutation($id: ID!, $title: String!) { cardUpdate(id: $id, input: { title: $title }) { card { id } } }`,
			map[string]any{"id": c.facts.CardID, "title": fmt.Sprint("Chaos ", n)})
		if err == nil {
			c.answered.Add(1)
		}
		wait(ctx, 10*time.Millisecond)
	}
}

func (c *client) ask(ctx context.Context, document string, variables map[string]any) error {
	ctx, cancel := context.WithTimeout(ctx, requestFor)
	defer cancel()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return err
	}
	address := c.servers[rand.N(len(c.servers))].address //nolint:gosec // chance, not secrecy
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.facts.WorkspaceKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct{ Errors []struct{ Message string } }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return errors.New(answer.Errors[0].Message)
	}
	return nil
}
