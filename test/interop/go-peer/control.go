package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// The control channel: one JSON object a line. In: {"id":n,"cmd":"name","args":{…}}. Out: {"id":n,"ok":true,"result":…},
// {"id":n,"ok":false,"error":"…"} and, unasked, {"event":"name",…}. Commands run side by side; the end of the input
// ends the process.

// maxLineBytes bounds one command: a published payload comes as hex.
const maxLineBytes = 32 * 1024 * 1024

type command struct {
	ID   int             `json:"id"`
	Name string          `json:"cmd"`
	Args json.RawMessage `json:"args"`
}

type answer struct {
	ID     int    `json:"id"`
	OK     bool   `json:"ok"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// handler runs one command.
type handler func(ctx context.Context, args json.RawMessage) (any, error)

// typed makes a handler of a function whose arguments are a struct.
func typed[A any](run func(ctx context.Context, args A) (any, error)) handler {
	return func(ctx context.Context, raw json.RawMessage) (any, error) {
		var args A
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &args); err != nil {
				return nil, fmt.Errorf("arguments: %w", err)
			}
		}
		return run(ctx, args)
	}
}

// emitter writes one JSON line at a time.
type emitter struct {
	mutex sync.Mutex
	out   *bufio.Writer
}

func newEmitter(out io.Writer) *emitter {
	return &emitter{out: bufio.NewWriterSize(out, 64*1024)}
}

func (e *emitter) emit(value any) {
	line, err := json.Marshal(value)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot write", err)
		return
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	_, _ = e.out.Write(append(line, '\n'))
	_ = e.out.Flush()
}

// serveCommands reads commands until the input ends, running each in a goroutine of its own.
func serveCommands(ctx context.Context, in io.Reader, out *emitter, handlers map[string]handler) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64*1024), maxLineBytes)
	for lines.Scan() {
		var next command
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			return fmt.Errorf("not a command: %w", err)
		}
		run, known := handlers[next.Name]
		if !known {
			out.emit(answer{ID: next.ID, Error: "no such command: " + next.Name})
			continue
		}
		go func() {
			result, err := run(ctx, next.Args)
			if err != nil {
				out.emit(answer{ID: next.ID, Error: err.Error()})
				return
			}
			out.emit(answer{ID: next.ID, OK: true, Result: result})
		}()
	}
	return lines.Err()
}
