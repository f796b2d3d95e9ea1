package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kanera.dev/domain"
	"kanera.dev/gateway"
)

// run executes one command line and returns its exit code. Results go to out, everything else to log.
func run(ctx context.Context, args, environ []string, out, log io.Writer) int {
	root := &cobra.Command{
		Use: "kanera", Short: "Boards, lists and cards behind GraphQL and REST",
		SilenceUsage: true, SilenceErrors: true,
	}
	gateway.AddFlags(root.PersistentFlags())
	env := environment(environ)
	root.AddCommand(env.serve(), env.migrate(), env.seed(), env.keys(), env.documents())
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(log)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(log, "kanera:", explain(err))
		return 1
	}
	return 0
}

// environment is what every command reads its configuration from, besides its flags.
type environment []string

// config reads and validates the configuration of a command.
func (e environment) config(cmd *cobra.Command) (gateway.Config, error) {
	return gateway.ReadConfig(e, cmd.Flags())
}

// withService runs fn with the use cases on the configured database.
func (e environment) withService(cmd *cobra.Command, fn func(gateway.Config, *domain.Service) error) (err error) {
	config, err := e.config(cmd)
	if err != nil {
		return err
	}
	store, err := gateway.OpenStore(cmd.Context(), config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return fn(config, &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID, WebURL: config.WebURL})
}

// explain spells out which input is wrong.
func explain(err error) string {
	known, ok := errors.AsType[*domain.Error](err)
	if !ok || len(known.Issues) == 0 {
		return err.Error()
	}
	var lines []string
	for _, issue := range known.Issues {
		text := fmt.Sprint(issue.Path...) + " " + issue.Message
		if len(issue.Values) > 0 {
			text += ": " + strings.Join(issue.Values, ", ")
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "; ")
}
