package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// API serves /api/v1/<things>: the small flow order → payment → shipment.
type API struct {
	config  Config
	store   *Store
	faults  *Faults
	health  *Health
	metrics *Metrics
}

func (a *API) register(mux *http.ServeMux) {
	base := "/api/v1/" + a.config.Thing()
	a.handle(mux, "GET", base, a.list)
	a.handle(mux, "POST", base, a.create)
	a.handle(mux, "GET", base+"/{id}", a.get)
	a.handle(mux, "POST", base+"/{id}/payment", a.pay)
	a.handle(mux, "POST", base+"/{id}/shipment", a.ship)
}

// answer is a status and what to say beside the version and the pod.
type answer struct {
	status int
	body   map[string]any
}

func (a *API) handle(mux *http.ServeMux, method, uri string, handler func(*http.Request) answer) {
	mux.HandleFunc(method+" "+uri, func(w http.ResponseWriter, request *http.Request) {
		started := time.Now()
		result := a.guarded(request, handler)
		a.metrics.Request(method, uri, result.status, time.Since(started))
		a.write(w, result)
	})
}

// guarded runs the handler behind the faults that the environment asked for.
func (a *API) guarded(request *http.Request, handler func(*http.Request) answer) answer {
	fails := a.faults.Fails(request.Header.Get("X-Request-Id"))
	if a.config.Latency > 0 {
		select {
		case <-time.After(a.config.Latency):
		case <-request.Context().Done(): // the caller went away: do not hold on to its request
		}
	}
	if !a.health.DatabaseUp() {
		return answer{http.StatusServiceUnavailable, map[string]any{"error": "database unreachable"}}
	}
	if fails {
		if request.Method == http.MethodPost {
			a.metrics.Business("failed")
		}
		return answer{http.StatusInternalServerError, map[string]any{"error": "NullPointerException in PriceCalculator"}}
	}
	a.metrics.CacheGet(request.Method == http.MethodGet)
	return handler(request)
}

func (a *API) list(*http.Request) answer {
	return answer{http.StatusOK, map[string]any{"items": a.store.Newest(10)}}
}

func (a *API) create(request *http.Request) answer {
	var wanted struct {
		Item     string `json:"item"`
		Quantity int    `json:"quantity"`
	}
	if !readJSON(request, &wanted) || wanted.Quantity < 0 {
		return answer{http.StatusBadRequest, map[string]any{"error": `a body such as {"item":"book","quantity":1} is wanted`}}
	}
	a.metrics.Business("success")
	return answer{http.StatusCreated, map[string]any{"item": a.store.Create(wanted.Item, wanted.Quantity)}}
}

func (a *API) get(request *http.Request) answer {
	entry, ok := a.store.Get(request.PathValue("id"))
	if !ok {
		return unknownID(request)
	}
	return answer{http.StatusOK, map[string]any{"item": entry}}
}

func (a *API) pay(request *http.Request) answer {
	entry, ok := a.store.Pay(request.PathValue("id"))
	if !ok {
		return unknownID(request)
	}
	return answer{http.StatusCreated, map[string]any{"item": entry}}
}

func (a *API) ship(request *http.Request) answer {
	var wanted struct {
		PaymentID string `json:"paymentId"`
	}
	if !readJSON(request, &wanted) {
		return answer{http.StatusBadRequest, map[string]any{"error": `a body such as {"paymentId":"p-…"} is wanted, or none`}}
	}
	entry, found, paid := a.store.Ship(request.PathValue("id"), wanted.PaymentID)
	switch {
	case !found:
		return unknownID(request)
	case !paid:
		return answer{http.StatusConflict, map[string]any{"error": "not paid yet", "item": entry}}
	default:
		return answer{http.StatusCreated, map[string]any{"item": entry}}
	}
}

func unknownID(request *http.Request) answer {
	return answer{http.StatusNotFound, map[string]any{"error": "no such id", "id": request.PathValue("id")}}
}

// write adds who answered: every answer of the API names its version and pod, in headers and body.
func (a *API) write(w http.ResponseWriter, result answer) {
	result.body["version"] = a.config.Version
	result.body["pod"] = a.config.Pod
	writeJSON(w, result.status, result.body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		slog.Debug("the caller went away", "error", err)
	}
}

// readJSON accepts an empty body as an empty object.
func readJSON(request *http.Request, into any) bool {
	err := json.NewDecoder(io.LimitReader(request.Body, 64<<10)).Decode(into)
	return err == nil || err == io.EOF
}
