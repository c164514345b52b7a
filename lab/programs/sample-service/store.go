package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"
	"time"
)

// Entry is one order (or customer): created, then paid, then shipped.
type Entry struct {
	ID         string    `json:"id"`
	Status     string    `json:"status"` // CREATED, PAID, SHIPPED
	PaymentID  string    `json:"paymentId,omitempty"`
	ShipmentID string    `json:"shipmentId,omitempty"`
	Item       string    `json:"item,omitempty"`
	Quantity   int       `json:"quantity,omitempty"`
	CreatedAt  time.Time `json:"createdAt"`
}

// maxEntries bounds the memory of a service that is under load for days.
const maxEntries = 1000

// Store keeps the newest entries in memory.
//
// Each pod has its own, yet a flow that starts in one pod must go on in another: ids carry a checksum,
// so that every pod knows a genuine one, and the payment's id follows from the order's.
type Store struct {
	mutex   sync.Mutex
	now     func() time.Time
	entries map[string]*Entry
	order   []string
}

func NewStore(now func() time.Time) *Store {
	return &Store{now: now, entries: map[string]*Entry{}}
}

func (s *Store) Create(item string, quantity int) Entry {
	var random [6]byte
	_, _ = rand.Read(random[:])
	entry := &Entry{ID: signed("o", hex.EncodeToString(random[:])), Status: "CREATED", Item: item, Quantity: quantity}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.add(entry)
	return *entry
}

func (s *Store) Newest(limit int) []Entry {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	list := []Entry{}
	for i := len(s.order) - 1; i >= 0 && len(list) < limit; i-- {
		list = append(list, *s.entries[s.order[i]])
	}
	return list
}

// Get finds an entry; a genuine id of another pod counts as created.
func (s *Store) Get(id string) (Entry, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	entry, ok := s.find(id)
	if !ok {
		return Entry{}, false
	}
	return *entry, true
}

// Pay is idempotent: paying twice is one payment.
func (s *Store) Pay(id string) (Entry, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	entry, ok := s.find(id)
	if !ok {
		return Entry{}, false
	}
	if entry.Status == "CREATED" {
		entry.Status, entry.PaymentID = "PAID", paymentID(id)
	}
	return *entry, true
}

// Ship needs a payment: one made in this pod, or the payment id that another pod gave.
func (s *Store) Ship(id, payment string) (entry Entry, found, paid bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known, ok := s.find(id)
	if !ok {
		return Entry{}, false, false
	}
	if known.PaymentID == "" && payment == paymentID(id) {
		known.PaymentID = payment
	}
	if known.PaymentID == "" {
		return *known, true, false
	}
	known.Status, known.ShipmentID = "SHIPPED", signed("s", strings.Split(id, "-")[1])
	return *known, true, true
}

func (s *Store) find(id string) (*Entry, bool) {
	if entry, ok := s.entries[id]; ok {
		return entry, true
	}
	parts := strings.Split(id, "-")
	if len(parts) != 3 || signed("o", parts[1]) != id {
		return nil, false
	}
	entry := &Entry{ID: id, Status: "CREATED"}
	s.add(entry)
	return entry, true
}

func (s *Store) add(entry *Entry) {
	entry.CreatedAt = s.now().UTC()
	s.entries[entry.ID] = entry
	s.order = append(s.order, entry.ID)
	if len(s.order) > maxEntries {
		delete(s.entries, s.order[0])
		s.order = s.order[1:]
	}
}

func signed(kind, body string) string {
	return fmt.Sprintf("%s-%s-%08x", kind, body, crc32.ChecksumIEEE([]byte(kind+body)))
}

func paymentID(id string) string { return signed("p", strings.Split(id, "-")[1]) }
