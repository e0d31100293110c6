/* RFC 3261 figure 7 as amended by RFC 6026 7.1 (Accepted, Timer L; a transport error leaves
 * every state as it is, 8.8). Added: the automatic 100 after 200 ms (17.2.1) as a timer.
 */
#include "transaction/ist.h"

#define TRYING_AFTER_MS 200

/* Timer G: MIN(2 * G, T2). */
static void resend(sip_server_tx *tx, const sip_msg *msg)
{
    uint32_t t2_ms = tx->layer->config.timers.t2_ms;

    tx->interval_ms = tx->interval_ms * 2 < t2_ms ? tx->interval_ms * 2 : t2_ms;
    sip__server_tx_arm(tx, &tx->retransmit, tx->interval_ms);
    sip__server_tx_rewrite(tx, msg);
}

static const sip__server_cell table[SIP__IST_STATES][SIP__IST_EVENTS] = {
    [SIP__IST_PROCEEDING] =
        {
            [SIP__IST_RX_INVITE] = {SIP__IST_PROCEEDING, sip__server_tx_rewrite},
            [SIP__IST_TX_1XX] = {SIP__IST_PROCEEDING, sip__server_tx_write},
            [SIP__IST_TX_2XX] = {SIP__IST_ACCEPTED, sip__server_tx_write},
            [SIP__IST_TX_FAIL] = {SIP__IST_COMPLETED, sip__server_tx_write},
            [SIP__IST_TIMER_100] = {SIP__IST_PROCEEDING, sip__server_tx_write_100},
            [SIP__IST_TP_ERROR] = {SIP__IST_PROCEEDING, sip__server_tx_emit_trouble},
        },
    [SIP__IST_COMPLETED] =
        {
            [SIP__IST_RX_INVITE] = {SIP__IST_COMPLETED, sip__server_tx_rewrite},
            [SIP__IST_RX_ACK] = {SIP__IST_CONFIRMED, sip__server_tx_note_ack},
            [SIP__IST_TIMER_G] = {SIP__IST_COMPLETED, resend},
            [SIP__IST_TIMER_H] = {SIP__IST_TERMINATED, sip__server_tx_note_timeout},
            [SIP__IST_TP_ERROR] = {SIP__IST_COMPLETED, sip__server_tx_emit_trouble},
        },
    [SIP__IST_CONFIRMED] =
        {
            [SIP__IST_TIMER_I] = {SIP__IST_TERMINATED, NULL},
        },
    [SIP__IST_ACCEPTED] =
        {
            [SIP__IST_RX_ACK] = {SIP__IST_ACCEPTED, sip__server_tx_emit_ack},
            [SIP__IST_TX_2XX] = {SIP__IST_ACCEPTED, sip__server_tx_write},
            [SIP__IST_TIMER_L] = {SIP__IST_TERMINATED, NULL},
            [SIP__IST_TP_ERROR] = {SIP__IST_ACCEPTED, sip__server_tx_emit_trouble},
        },
};

sip__ist_state sip__ist_next(sip__ist_state state, sip__ist_event event)
{
    return (sip__ist_state)table[state][event].next;
}

static void enter(sip_server_tx *tx)
{
    const sip_timers *timers = &tx->layer->config.timers;

    switch ((sip__ist_state)tx->state) {
    case SIP__IST_COMPLETED:
        sip__server_tx_disarm(tx);
        tx->interval_ms = timers->t1_ms;
        if (!tx->reliable) {
            sip__server_tx_arm(tx, &tx->retransmit, tx->interval_ms);
        }
        sip__server_tx_arm(tx, &tx->timeout, 64 * timers->t1_ms);
        break;
    case SIP__IST_CONFIRMED:
        sip__server_tx_disarm(tx);
        sip__server_tx_arm(tx, &tx->timeout, tx->reliable ? 0 : timers->t4_ms);
        break;
    case SIP__IST_ACCEPTED:
        sip__server_tx_disarm(tx);
        sip__server_tx_arm(tx, &tx->timeout, 64 * timers->t1_ms);
        break;
    case SIP__IST_TERMINATED:
        sip__server_tx_end(tx);
        break;
    case SIP__IST_NONE:
    case SIP__IST_PROCEEDING:
    case SIP__IST_STATES:
        break;
    }
}

bool sip__ist_step(sip_server_tx *tx, sip__ist_event event, const sip_msg *msg)
{
    sip__cells_note(tx->layer->cells, SIP__MACHINE_IST, tx->state, event);
    return sip__server_tx_step(tx, &table[tx->state][event], enter, msg);
}

static void on_retransmit(void *arg)
{
    sip_server_tx *tx = arg;

    (void)sip__ist_step(
        tx, tx->state == SIP__IST_PROCEEDING ? SIP__IST_TIMER_100 : SIP__IST_TIMER_G, NULL);
}

static void on_timeout(void *arg)
{
    sip_server_tx *tx = arg;
    sip__ist_event event = SIP__IST_TIMER_L;

    if (tx->state == SIP__IST_COMPLETED) {
        event = SIP__IST_TIMER_H;
    } else if (tx->state == SIP__IST_CONFIRMED) {
        event = SIP__IST_TIMER_I;
    }
    (void)sip__ist_step(tx, event, NULL);
}

void sip__ist_start(sip_server_tx *tx)
{
    tx->state = SIP__IST_PROCEEDING;
    sip_timer_init(&tx->retransmit, on_retransmit, tx);
    sip_timer_init(&tx->timeout, on_timeout, tx);
    tx->interval_ms = TRYING_AFTER_MS;
    sip__server_tx_arm(tx, &tx->retransmit, tx->interval_ms);
}
