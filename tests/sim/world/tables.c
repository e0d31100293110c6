#include "sim/world/tables.h"

#include <stdio.h>

#include "stack/stack.h"
#include "transaction/client_tx.h"
#include "transaction/ict.h"
#include "transaction/ist.h"
#include "transaction/nict.h"
#include "transaction/nist.h"
#include "transaction/server_tx.h"

static sip__layer *layer_of(sip_stack *stack)
{
    return &stack->workers->layer;
}

void tables_count_cells(sip_stack *stack, sip__cells *cells)
{
    layer_of(stack)->cells = cells;
}

static const char *clients_fault(sip__layer *layer)
{
    size_t n = 0, mapped = 0, finders = 0, awaiting = 0;

    for (sip_list *at = layer->client_list.next; at != &layer->client_list; at = at->next) {
        const sip_client_tx *tx = SIP_CONTAINER_OF(at, sip_client_tx, link);

        n++;
        mapped += tx->mapped;
        finders += tx->finder != NULL;
        if (tx->dead) {
            return "a dead client transaction outlives its turn";
        }
    }
    for (sip_list *at = layer->awaiting.next; at != &layer->awaiting; at = at->next) {
        if (SIP_CONTAINER_OF(at, sip_client_tx, await_link)->answered || ++awaiting > n) {
            return "an answered client transaction waits for an answer";
        }
    }
    if (n != layer->clients.live) {
        return "the list of client transactions";
    }
    if (mapped != layer->client_map.count) {
        return "the map of client transactions";
    }
    return finders > layer->finders.live ? "the finders of targets" : NULL;
}

static const char *servers_fault(sip__layer *layer)
{
    size_t n = 0, mapped = 0;

    for (sip_list *at = layer->server_list.next; at != &layer->server_list; at = at->next) {
        const sip_server_tx *tx = SIP_CONTAINER_OF(at, sip_server_tx, link);

        n++;
        mapped += tx->mapped;
        if (tx->dead) {
            return "a dead server transaction outlives its turn";
        }
    }
    if (n != layer->servers.live) {
        return "the list of server transactions";
    }
    return mapped != layer->server_map.count ? "the map of server transactions" : NULL;
}

const char *tables_find_fault(sip_stack *stack, bool is_empty)
{
    sip__layer *layer = layer_of(stack);
    const char *fault = clients_fault(layer);

    fault = fault != NULL ? fault : servers_fault(layer);
    if (fault != NULL || !is_empty) {
        return fault;
    }
    if (layer->clients.live + layer->servers.live > 0) {
        return "transactions are left";
    }
    if (layer->finders.live + layer->errands.live > 0) {
        return "finders or errands are left";
    }
    return sip_list_is_empty(&layer->racing) ? NULL : "a race is still on";
}

static const char *const machine_names[SIP__MACHINES] = {
    [SIP__MACHINE_ICT] = "INVITE client",
    [SIP__MACHINE_NICT] = "non-INVITE client",
    [SIP__MACHINE_IST] = "INVITE server",
    [SIP__MACHINE_NIST] = "non-INVITE server",
};
static const char *const state_names[SIP__MACHINES][SIP__CELL_STATES] = {
    [SIP__MACHINE_ICT] = {"", "FINDING", "CALLING", "PROCEEDING", "COMPLETED", "ACCEPTED"},
    [SIP__MACHINE_NICT] = {"", "FINDING", "TRYING", "PROCEEDING", "COMPLETED"},
    [SIP__MACHINE_IST] = {"", "PROCEEDING", "COMPLETED", "CONFIRMED", "ACCEPTED"},
    [SIP__MACHINE_NIST] = {"", "TRYING", "PROCEEDING", "COMPLETED"},
};
static const char *const event_names[SIP__MACHINES][SIP__CELL_EVENTS] = {
    [SIP__MACHINE_ICT] = {"send", "1xx", "2xx", "300-699", "Timer A", "Timer B", "Timer D",
                          "Timer M", "transport error"},
    [SIP__MACHINE_NICT] = {"send", "1xx", "final", "Timer E", "Timer F", "Timer K",
                           "transport error"},
    [SIP__MACHINE_IST] = {"INVITE", "ACK", "send 1xx", "send 2xx", "send 300-699", "100 timer",
                          "Timer G", "Timer H", "Timer I", "Timer L", "transport error"},
    [SIP__MACHINE_NIST] = {"request", "send 1xx", "send final", "100 timer", "Timer J",
                           "transport error", "give up"},
};

bool tables_has_cell(sip__machine machine, unsigned state, unsigned event)
{
    if (state >= SIP__CELL_STATES || event >= SIP__CELL_EVENTS ||
        event_names[machine][event] == NULL || state_names[machine][state] == NULL) {
        return false;
    }
    switch (machine) {
    case SIP__MACHINE_ICT:
        return sip__ict_next((sip__ict_state)state, (sip__ict_event)event) != SIP__ICT_NONE;
    case SIP__MACHINE_NICT:
        return sip__nict_next((sip__nict_state)state, (sip__nict_event)event) != SIP__NICT_NONE;
    case SIP__MACHINE_IST:
        return sip__ist_next((sip__ist_state)state, (sip__ist_event)event) != SIP__IST_NONE;
    case SIP__MACHINE_NIST:
        return sip__nist_next((sip__nist_state)state, (sip__nist_event)event) != SIP__NIST_NONE;
    case SIP__MACHINES:
        break;
    }
    return false;
}

void tables_cell_name(sip__machine machine, unsigned state, unsigned event, char *out, size_t size)
{
    const char *state_name = state_names[machine][state], *event_name = event_names[machine][event];

    (void)snprintf(out, size, "%s %s / %s", machine_names[machine],
                   state_name != NULL ? state_name : "TERMINATED",
                   event_name != NULL ? event_name : "?");
}

static void describe(bool is_client, bool is_invite, unsigned state, const char *branch, char *out,
                     size_t size)
{
    unsigned machine = is_client ? (is_invite ? SIP__MACHINE_ICT : SIP__MACHINE_NICT)
                                 : (is_invite ? SIP__MACHINE_IST : SIP__MACHINE_NIST);
    const char *name = state < SIP__CELL_STATES ? state_names[machine][state] : NULL;

    (void)snprintf(out, size, "%s transaction in %s %s", machine_names[machine],
                   name != NULL ? name : "TERMINATED", branch);
}

bool tables_first_left(sip_stack *stack, char *out, size_t size)
{
    const sip__layer *layer = layer_of(stack);

    if (!sip_list_is_empty(&layer->client_list)) {
        const sip_client_tx *tx = SIP_CONTAINER_OF(layer->client_list.next, sip_client_tx, link);

        describe(true, tx->is_invite, tx->state, tx->branch, out, size);
        return true;
    }
    if (!sip_list_is_empty(&layer->server_list)) {
        const sip_server_tx *tx = SIP_CONTAINER_OF(layer->server_list.next, sip_server_tx, link);

        describe(false, tx->is_invite, tx->state, "", out, size);
        return true;
    }
    return false;
}
