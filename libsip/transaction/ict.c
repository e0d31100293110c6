/* RFC 3261 figure 5 as amended by RFC 6026 7.2 (Accepted, Timer M). Added: FINDING, before a target
 * is known, and again before the next one (RFC 3263 4.3); Timer B in PROCEEDING, armed by a CANCEL
 * (RFC 3261 9.1). */
#include "transaction/ict.h"

#include "transaction/target.h"

static void resend(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    tx->interval_ms *= 2;
    sip__client_tx_resend(tx);
}

static void progress(sip_client_tx *tx, const sip_msg *response)
{
    if (sip__client_tx_release_cancel(tx)) {
        sip__client_tx_arm(tx, &tx->timeout, 64 * tx->layer->config.timers.t1_ms);
    }
    sip__client_tx_emit(tx, response);
}

static void ack_pass(sip_client_tx *tx, const sip_msg *response)
{
    sip__client_tx_send_ack(tx, response);
    sip__client_tx_emit(tx, response);
}

/* Its user has had the final response. */
static void note_trouble(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    sip__client_tx_tell(tx, SIP_TX_FAILED, NULL);
}

static const sip__client_cell table[SIP__ICT_STATES][SIP__ICT_EVENTS] = {
    [SIP__ICT_FINDING] =
        {
            [SIP__ICT_SEND] = {SIP__ICT_CALLING, sip__client_tx_send},
            [SIP__ICT_TP_ERROR] = {SIP__ICT_TERMINATED, sip__client_tx_emit_trouble},
        },
    [SIP__ICT_CALLING] =
        {
            [SIP__ICT_RX_1XX] = {SIP__ICT_PROCEEDING, progress},
            [SIP__ICT_RX_2XX] = {SIP__ICT_ACCEPTED, sip__client_tx_emit},
            [SIP__ICT_RX_FAIL] = {SIP__ICT_COMPLETED, ack_pass},
            [SIP__ICT_TIMER_A] = {SIP__ICT_CALLING, resend},
            [SIP__ICT_TIMER_B] = {SIP__ICT_TERMINATED, sip__client_tx_emit_timeout},
            [SIP__ICT_TP_ERROR] = {SIP__ICT_TERMINATED, sip__client_tx_emit_trouble},
        },
    [SIP__ICT_PROCEEDING] =
        {
            [SIP__ICT_RX_1XX] = {SIP__ICT_PROCEEDING, progress},
            [SIP__ICT_RX_2XX] = {SIP__ICT_ACCEPTED, sip__client_tx_emit},
            [SIP__ICT_RX_FAIL] = {SIP__ICT_COMPLETED, ack_pass},
            [SIP__ICT_TIMER_B] = {SIP__ICT_TERMINATED, sip__client_tx_emit_timeout},
        },
    [SIP__ICT_COMPLETED] =
        {
            [SIP__ICT_RX_FAIL] = {SIP__ICT_COMPLETED, sip__client_tx_send_ack},
            [SIP__ICT_TIMER_D] = {SIP__ICT_TERMINATED, NULL},
            [SIP__ICT_TP_ERROR] = {SIP__ICT_TERMINATED, note_trouble},
        },
    [SIP__ICT_ACCEPTED] =
        {
            [SIP__ICT_RX_2XX] = {SIP__ICT_ACCEPTED, sip__client_tx_emit},
            [SIP__ICT_TIMER_M] = {SIP__ICT_TERMINATED, NULL},
        },
};

sip__ict_event sip__ict_event_of(int status)
{
    if (status >= 300) {
        return SIP__ICT_RX_FAIL;
    }
    return status >= 200 ? SIP__ICT_RX_2XX : SIP__ICT_RX_1XX;
}

sip__ict_state sip__ict_next(sip__ict_state state, sip__ict_event event)
{
    return (sip__ict_state)table[state][event].next;
}

/* Timers of the state just entered; those of CALLING depend on the target and are
 * sip__client_tx_send()'s. */
static void enter(sip_client_tx *tx)
{
    const sip_timers *timers = &tx->layer->config.timers;

    switch ((sip__ict_state)tx->state) {
    case SIP__ICT_PROCEEDING:
        sip__client_tx_disarm(tx);
        break;
    case SIP__ICT_COMPLETED:
        sip__client_tx_disarm(tx);
        sip__client_tx_arm(tx, &tx->timeout, tx->reliable ? 0 : timers->d_ms);
        break;
    case SIP__ICT_ACCEPTED:
        sip__client_tx_disarm(tx);
        sip__client_tx_arm(tx, &tx->timeout, 64 * timers->t1_ms);
        break;
    case SIP__ICT_TERMINATED:
        sip__client_tx_end(tx);
        break;
    case SIP__ICT_NONE:
    case SIP__ICT_FINDING:
    case SIP__ICT_CALLING:
    case SIP__ICT_STATES:
        break;
    }
}

bool sip__ict_step(sip_client_tx *tx, sip__ict_event event, const sip_msg *response)
{
    sip__cells_note(tx->layer->cells, SIP__MACHINE_ICT, tx->state, event);
    return sip__client_tx_step(tx, &table[tx->state][event], enter, response);
}

static void on_retransmit(void *arg)
{
    (void)sip__ict_step(arg, SIP__ICT_TIMER_A, NULL);
}

static void on_timeout(void *arg)
{
    sip_client_tx *tx = arg;
    sip__ict_event event = SIP__ICT_TIMER_B;

    if (tx->state == SIP__ICT_COMPLETED) {
        event = SIP__ICT_TIMER_D;
    } else if (tx->state == SIP__ICT_ACCEPTED) {
        event = SIP__ICT_TIMER_M;
    } else if (tx->state == SIP__ICT_CALLING && sip__target_timed_out(tx)) {
        return;
    }
    (void)sip__ict_step(tx, event, NULL);
}

void sip__ict_start(sip_client_tx *tx)
{
    tx->state = SIP__ICT_FINDING;
    sip_timer_init(&tx->retransmit, on_retransmit, tx);
    sip_timer_init(&tx->timeout, on_timeout, tx);
}
