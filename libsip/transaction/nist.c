/* RFC 3261 figure 8 as amended by RFC 4320: no provisional response but 100, and that by itself
 * once the client's Timer E has grown to T2; no 408; and by RFC 6026 8.8: a transport error leaves
 * every state as it is. */
#include "transaction/nist.h"

static const sip__server_cell table[SIP__NIST_STATES][SIP__NIST_EVENTS] = {
    [SIP__NIST_TRYING] =
        {
            [SIP__NIST_TX_1XX] = {SIP__NIST_PROCEEDING, sip__server_tx_write},
            [SIP__NIST_TX_FINAL] = {SIP__NIST_COMPLETED, sip__server_tx_write},
            [SIP__NIST_TIMER_100] = {SIP__NIST_PROCEEDING, sip__server_tx_write_100},
            [SIP__NIST_GIVE_UP] = {SIP__NIST_TERMINATED, NULL},
        },
    [SIP__NIST_PROCEEDING] =
        {
            [SIP__NIST_RX_REQUEST] = {SIP__NIST_PROCEEDING, sip__server_tx_rewrite},
            [SIP__NIST_TX_1XX] = {SIP__NIST_PROCEEDING, sip__server_tx_write},
            [SIP__NIST_TX_FINAL] = {SIP__NIST_COMPLETED, sip__server_tx_write},
            [SIP__NIST_TP_ERROR] = {SIP__NIST_PROCEEDING, sip__server_tx_emit_trouble},
            [SIP__NIST_GIVE_UP] = {SIP__NIST_TERMINATED, NULL},
        },
    [SIP__NIST_COMPLETED] =
        {
            [SIP__NIST_RX_REQUEST] = {SIP__NIST_COMPLETED, sip__server_tx_rewrite},
            [SIP__NIST_TIMER_J] = {SIP__NIST_TERMINATED, NULL},
            [SIP__NIST_TP_ERROR] = {SIP__NIST_COMPLETED, sip__server_tx_emit_trouble},
        },
};

sip__nist_state sip__nist_next(sip__nist_state state, sip__nist_event event)
{
    return (sip__nist_state)table[state][event].next;
}

static void enter(sip_server_tx *tx)
{
    if (tx->state == SIP__NIST_COMPLETED) {
        sip__server_tx_disarm(tx);
        sip__server_tx_arm(tx, &tx->timeout,
                           tx->reliable ? 0 : 64 * tx->layer->config.timers.t1_ms);
    } else if (tx->state == SIP__NIST_TERMINATED) {
        sip__server_tx_end(tx);
    }
}

bool sip__nist_step(sip_server_tx *tx, sip__nist_event event, const sip_msg *msg)
{
    sip__cells_note(tx->layer->cells, SIP__MACHINE_NIST, tx->state, event);
    return sip__server_tx_step(tx, &table[tx->state][event], enter, msg);
}

static void on_retransmit(void *arg)
{
    (void)sip__nist_step(arg, SIP__NIST_TIMER_100, NULL);
}

static void on_timeout(void *arg)
{
    (void)sip__nist_step(arg, SIP__NIST_TIMER_J, NULL);
}

/* How long the client's Timer E takes to be reset to T2: T1, 2 * T1 … until the next would be T2.
 */
static uint32_t trying_after_ms(const sip_timers *timers)
{
    uint64_t sum_ms = 0;

    for (uint64_t e_ms = timers->t1_ms; e_ms < timers->t2_ms; e_ms *= 2) {
        sum_ms += e_ms;
    }
    return sum_ms < UINT32_MAX ? (uint32_t)sum_ms : UINT32_MAX;
}

void sip__nist_start(sip_server_tx *tx)
{
    tx->state = SIP__NIST_TRYING;
    sip_timer_init(&tx->retransmit, on_retransmit, tx);
    sip_timer_init(&tx->timeout, on_timeout, tx);
    tx->interval_ms = trying_after_ms(&tx->layer->config.timers);
    sip__server_tx_arm(tx, &tx->retransmit, tx->interval_ms);
}
