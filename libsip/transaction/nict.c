/* RFC 3261 figure 6. Added: FINDING, before a target is known; SEND again in TRYING, for the next
 * target (RFC 3263 4.3). */
#include "transaction/nict.h"

static void send(sip_client_tx *tx, const sip_msg *response)
{
    uint32_t t1_ms = tx->layer->config.timers.t1_ms;

    (void)response;
    tx->interval_ms = t1_ms;
    sip__client_tx_disarm(tx);
    if (!tx->reliable) {
        sip__client_tx_arm(tx, &tx->retransmit, t1_ms);
    }
    sip__client_tx_arm(tx, &tx->timeout, 64 * t1_ms);
    sip__client_tx_transmit(tx, false);
}

/* Timer E: MIN(2 * E, T2) in TRYING, T2 in PROCEEDING (17.1.2.2). */
static void resend(sip_client_tx *tx, const sip_msg *response)
{
    uint32_t t2_ms = tx->layer->config.timers.t2_ms;

    (void)response;
    tx->interval_ms *= 2;
    if (tx->state == SIP__NICT_PROCEEDING || tx->interval_ms > t2_ms) {
        tx->interval_ms = t2_ms;
    }
    sip__client_tx_arm(tx, &tx->retransmit, tx->interval_ms);
    sip__client_tx_transmit(tx, true);
}

static void pass(sip_client_tx *tx, const sip_msg *response)
{
    sip__client_tx_emit(tx, response);
}

static void timed_out(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    sip__client_tx_emit_timeout(tx);
}

static void failed(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    sip__client_tx_emit_trouble(tx);
}

static void quiet(sip_client_tx *tx, const sip_msg *response)
{
    (void)tx;
    (void)response;
}

static const struct nict_cell {
    sip__nict_state next;
    void (*act)(sip_client_tx *tx, const sip_msg *response);
} table[SIP__NICT_STATES][SIP__NICT_EVENTS] = {
    [SIP__NICT_FINDING] =
        {
            [SIP__NICT_SEND] = {SIP__NICT_TRYING, send},
            [SIP__NICT_TP_ERROR] = {SIP__NICT_TERMINATED, failed},
        },
    [SIP__NICT_TRYING] =
        {
            [SIP__NICT_SEND] = {SIP__NICT_TRYING, send},
            [SIP__NICT_RX_1XX] = {SIP__NICT_PROCEEDING, pass},
            [SIP__NICT_RX_FINAL] = {SIP__NICT_COMPLETED, pass},
            [SIP__NICT_TIMER_E] = {SIP__NICT_TRYING, resend},
            [SIP__NICT_TIMER_F] = {SIP__NICT_TERMINATED, timed_out},
            [SIP__NICT_TP_ERROR] = {SIP__NICT_TERMINATED, failed},
        },
    [SIP__NICT_PROCEEDING] =
        {
            [SIP__NICT_RX_1XX] = {SIP__NICT_PROCEEDING, pass},
            [SIP__NICT_RX_FINAL] = {SIP__NICT_COMPLETED, pass},
            [SIP__NICT_TIMER_E] = {SIP__NICT_PROCEEDING, resend},
            [SIP__NICT_TIMER_F] = {SIP__NICT_TERMINATED, timed_out},
            [SIP__NICT_TP_ERROR] = {SIP__NICT_TERMINATED, failed},
        },
    [SIP__NICT_COMPLETED] =
        {
            [SIP__NICT_TIMER_K] = {SIP__NICT_TERMINATED, quiet},
        },
};

sip__nict_state sip__nict_next(sip__nict_state state, sip__nict_event event)
{
    return table[state][event].next;
}

/* Timers of the state just entered; those of TRYING depend on the target and are send()'s.
 * PROCEEDING keeps them. */
static void enter(sip_client_tx *tx)
{
    if (tx->state == SIP__NICT_COMPLETED) {
        sip__client_tx_disarm(tx);
        sip__client_tx_arm(tx, &tx->timeout, tx->reliable ? 0 : tx->layer->config.timers.t4_ms);
    } else if (tx->state == SIP__NICT_TERMINATED) {
        sip__client_tx_end(tx);
    }
}

bool sip__nict_step(sip_client_tx *tx, sip__nict_event event, const sip_msg *response)
{
    const struct nict_cell *cell = &table[tx->state][event];

    if (cell->next == SIP__NICT_NONE) {
        return false;
    }
    if (tx->state != (uint8_t)cell->next) {
        tx->state = (uint8_t)cell->next;
        enter(tx);
    }
    cell->act(tx, response);
    return true;
}

static void on_retransmit(void *arg)
{
    (void)sip__nict_step(arg, SIP__NICT_TIMER_E, NULL);
}

static void on_timeout(void *arg)
{
    sip_client_tx *tx = arg;

    (void)sip__nict_step(
        tx, tx->state == SIP__NICT_COMPLETED ? SIP__NICT_TIMER_K : SIP__NICT_TIMER_F, NULL);
}

void sip__nict_start(sip_client_tx *tx)
{
    tx->state = SIP__NICT_FINDING;
    sip_timer_init(&tx->retransmit, on_retransmit, tx);
    sip_timer_init(&tx->timeout, on_timeout, tx);
}
