package main

import (
	"errors"
	"log/slog"
	"slices"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

// complaints remembers what has been logged, so that each thing the stand-in
// does not do is said once, and again when it comes back.
type complaints struct{ last []string }

func (c *complaints) about(w *mesh.World, err error) {
	now := mesh.Unsupported(w)
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, one := range many.Unwrap() {
			now = append(now, "left out, cannot be read: "+one.Error())
		}
	}
	for _, sentence := range now {
		if !slices.Contains(c.last, sentence) {
			slog.Warn("not supported here", "what", sentence)
		}
	}
	c.last = now
}
