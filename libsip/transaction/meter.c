#include "transaction/meter.h"

void sip__meter_init(sip__meter *meter, const sip_allocator *allocator)
{
    meter->allocator = allocator;
}

void sip__meter_finish(sip__meter *meter)
{
    for (unsigned side = 0; side < SIP__METER_SIDES; side++) {
        for (unsigned method = 0; method < SIP_METHOD_COUNT; method++) {
            sip_free(meter->allocator, atomic_exchange(&meter->transactions[side][method], NULL));
        }
    }
}

void sip__meter_end(sip__meter *meter, sip__meter_side side, sip_method method, int status,
                    uint64_t ms)
{
    _Atomic(sip__meter_method *) *place = &meter->transactions[side][method];
    sip__meter_method *its = atomic_load_explicit(place, memory_order_relaxed);
    unsigned class_index = status >= 200 && status < 700 ? (unsigned)status / 100 - 1 : 0;

    if (its == NULL) {
        its = sip_alloc0(meter->allocator, sizeof(*its));
        if (its == NULL) {
            return;
        }
        atomic_store_explicit(place, its, memory_order_release);
    }
    sip__histogram_add(&its->ends[class_index], ms * 1000);
}

void sip__meter_request(sip__meter *meter, sip__meter_side side, const sip_msg *request, int status,
                        uint32_t ms)
{
    if (request != NULL) {
        sip__meter_end(meter, side, sip_msg_method(request), status, ms);
    }
}

const sip__histogram *sip__meter_of(const sip__meter *meter, sip__meter_side side,
                                    sip_method method, unsigned class_index)
{
    const sip__meter_method *its =
        atomic_load_explicit(&meter->transactions[side][method], memory_order_acquire);

    return its != NULL ? &its->ends[class_index] : NULL;
}
