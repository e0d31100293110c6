/* RFC 3261 figure 6. Added: FINDING, before a target is known, and again before the next one (RFC
 * 3263 4.3). */
#include "transaction/nict.h"

#include "transaction/target.h"

/* Timer E: MIN(2 * E, T2) in TRYING, T2 in PROCEEDING (17.1.2.2). */
static void resend(sip_client_tx *tx, const sip_msg *response)
{
    uint32_t t2_ms = tx->layer->config.timers.t2_ms;

    (void)response;
    tx->interval_ms *= 2;
    if (tx->state == SIP__NICT_PROCEEDING || tx->interval_ms > t2_ms) {
        tx->interval_ms = t2_ms;
    }
    sip__client_tx_resend(tx);
}

static const sip__client_cell table[SIP__NICT_STATES][SIP__NICT_EVENTS] = {
    [SIP__NICT_FINDING] =
        {
            [SIP__NICT_SEND] = {SIP__NICT_TRYING, sip__client_tx_send},
            [SIP__NICT_TP_ERROR] = {SIP__NICT_TERMINATED, sip__client_tx_emit_trouble},
        },
    [SIP__NICT_TRYING] =
        {
            [SIP__NICT_RX_1XX] = {SIP__NICT_PROCEEDING, sip__client_tx_emit},
            [SIP__NICT_RX_FINAL] = {SIP__NICT_COMPLETED, sip__client_tx_emit},
            [SIP__NICT_TIMER_E] = {SIP__NICT_TRYING, resend},
            [SIP__NICT_TIMER_F] = {SIP__NICT_TERMINATED, sip__client_tx_emit_timeout},
            [SIP__NICT_TP_ERROR] = {SIP__NICT_TERMINATED, sip__client_tx_emit_trouble},
        },
    [SIP__NICT_PROCEEDING] =
        {
            [SIP__NICT_RX_1XX] = {SIP__NICT_PROCEEDING, sip__client_tx_emit},
            [SIP__NICT_RX_FINAL] = {SIP__NICT_COMPLETED, sip__client_tx_emit},
            [SIP__NICT_TIMER_E] = {SIP__NICT_PROCEEDING, resend},
            [SIP__NICT_TIMER_F] = {SIP__NICT_TERMINATED, sip__client_tx_emit_timeout},
            [SIP__NICT_TP_ERROR] = {SIP__NICT_TERMINATED, sip__client_tx_emit_trouble},
        },
    [SIP__NICT_COMPLETED] =
        {
            [SIP__NICT_TIMER_K] = {SIP__NICT_TERMINATED, NULL},
        },
};

sip__nict_state sip__nict_next(sip__nict_state state, sip__nict_event event)
{
    return (sip__nict_state)table[state][event].next;
}

/* Timers of the state just entered; those of TRYING depend on the target and are
 * sip__client_tx_send()'s. PROCEEDING keeps them. */
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
    sip__cells_note(tx->layer->cells, SIP__MACHINE_NICT, tx->state, event);
    return sip__client_tx_step(tx, &table[tx->state][event], enter, response);
}

static void on_retransmit(void *arg)
{
    (void)sip__nict_step(arg, SIP__NICT_TIMER_E, NULL);
}

static void on_timeout(void *arg)
{
    sip_client_tx *tx = arg;

    if (tx->state == SIP__NICT_TRYING && sip__target_timed_out(tx)) {
        return;
    }
    (void)sip__nict_step(
        tx, tx->state == SIP__NICT_COMPLETED ? SIP__NICT_TIMER_K : SIP__NICT_TIMER_F, NULL);
}

void sip__nict_start(sip_client_tx *tx)
{
    tx->state = SIP__NICT_FINDING;
    sip_timer_init(&tx->retransmit, on_retransmit, tx);
    sip_timer_init(&tx->timeout, on_timeout, tx);
}
