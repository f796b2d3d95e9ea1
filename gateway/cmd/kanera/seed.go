package main

import (
	"errors"
	"fmt"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/demo"
)

func (e environment) seed() *cobra.Command {
	var cards int
	cmd := &cobra.Command{
		Use: "seed", Short: "Fill a new database with the demo organisation, or add a large workspace for measurements", Args: cobra.NoArgs,
		Long: "Fills a new database with the demo organisation and writes its keys and ids to demo.env in the data folder.\n" +
			"With --cards it adds a workspace of that many cards instead, and prints its keys and ids as NAME=value lines.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.withService(cmd, func(config gateway.Config, service *domain.Service) error {
				if cmd.Flags().Changed("cards") {
					return seedLarge(cmd, config.DemoTarget(service.Store), cards)
				}
				return seedDemo(cmd, config.DemoTarget(service.Store))
			})
		},
	}
	cmd.Flags().IntVar(&cards, "cards", 0, "number of cards of the large workspace")
	return cmd
}

func seedDemo(cmd *cobra.Command, target demo.Target) error {
	facts, err := demo.Seed(cmd.Context(), target)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	if facts == nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "The database is in use: nothing was seeded.")
		return nil
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "Seeded the demo organisation; its keys and ids are in "+target.DataDir+"/"+demo.FactsFile)
	return nil
}

func seedLarge(cmd *cobra.Command, target demo.Target, cards int) error {
	if cards < 1 || cards > 1_000_000 {
		return errors.New("--cards must be from 1 to 1000000")
	}
	bar := progressbar.NewOptions(cards, progressbar.OptionSetWriter(cmd.ErrOrStderr()), progressbar.OptionSetDescription("cards"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionOnCompletion(func() { fmt.Fprintln(cmd.ErrOrStderr()) }))
	facts, err := demo.Large(cmd.Context(), target, cards, func(written int) { _ = bar.Set(written) }) // a bar that cannot draw stops nothing
	if domain.CodeOf(err) == domain.CodeConflict {
		return errors.New("the large workspace is there already; start from a new database for another size")
	}
	if err != nil {
		return fmt.Errorf("seed the large workspace: %w", err)
	}
	fmt.Fprint(cmd.OutOrStdout(), facts)
	return nil
}
