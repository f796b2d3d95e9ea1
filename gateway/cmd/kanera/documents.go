package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/graph"
)

func (e environment) documents() *cobra.Command {
	documents := &cobra.Command{Use: "documents", Short: "Register GraphQL documents for keys that run no others"}
	documents.AddCommand(e.addDocuments())
	return documents
}

func (e environment) addDocuments() *cobra.Command {
	var workspaceID string
	cmd := &cobra.Command{
		Use: "add --workspace ID FILE…", Short: "Register documents, one a file, and print their hashes", Args: cobra.MinimumNArgs(1),
		Long: "Registers the text of every file, byte by byte, and prints the SHA-256 that clients send for it.\n" +
			"Nothing is registered when one of them is no document that the server would run.",
		RunE: func(cmd *cobra.Command, files []string) error {
			return e.withService(cmd, func(_ gateway.Config, service *domain.Service) error {
				texts, err := readDocuments(graph.NewExecutor(service, slog.New(slog.DiscardHandler)), files)
				if err != nil {
					return err
				}
				if _, err := service.DocumentsRegister(cmd.Context(), workspaceID, texts...); err != nil {
					return err
				}
				for i, text := range texts {
					fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", domain.DocumentHash(text), files[i])
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&workspaceID, "workspace", "", "id of a workspace; all keys of its organisation may run the documents")
	_ = cmd.MarkFlagRequired("workspace") // fails for unknown flags only
	return cmd
}

// readDocuments returns the texts of files that hold documents the executor would run.
func readDocuments(executor *graph.Executor, files []string) ([]string, error) {
	texts := make([]string, len(files))
	for i, file := range files {
		raw, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			return nil, fmt.Errorf("read a document: %w", err)
		}
		texts[i] = string(raw)
		if err := executor.Check(texts[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return texts, nil
}
