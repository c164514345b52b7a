// Pilot-agent stands in for the program of that name which Istio ships beside every Envoy: its subcommand
// "request <method> <path>" alone, which asks Envoy's admin and prints the answer's body.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const admin = "http://127.0.0.1:15000/"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 || args[0] != "request" || (args[1] != "GET" && args[1] != "POST") {
		return fmt.Errorf("usage: pilot-agent request GET|POST <path>; given %q", args)
	}
	body, err := ask(args[1], admin+strings.TrimPrefix(args[2], "/"))
	if err != nil {
		return err
	}
	fmt.Println(string(body))
	return nil
}

func ask(method, url string) ([]byte, error) {
	request, err := http.NewRequest(method, url, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Timeout: time.Minute}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	// A path that the admin does not know is an answer to the real one, too.
	if response.StatusCode > 399 && response.StatusCode != http.StatusNotFound {
		return nil, fmt.Errorf("received unsuccessful status code %d: %s", response.StatusCode, body)
	}
	return body, nil
}
