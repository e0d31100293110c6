#include "base/log_levels.h"

static const char *const categories[SIP__LOG_CATEGORIES] = {
    "stack", "transport", "message", "dns", "transaction", "dialog", "usage", "auth", "tls", "app",
};

static const char *const level_names[] = {"off", "error", "warning", "info", "debug"};

const char *sip_log_category_name(sip_log_category category)
{
    for (unsigned i = 0; i < SIP__LOG_CATEGORIES; i++) {
        if ((unsigned)category == 1u << i) {
            return categories[i];
        }
    }
    return "other";
}

const char *sip_log_level_name(sip_log_level level)
{
    return level >= SIP_LOG_OFF && level <= SIP_LOG_DEBUG ? level_names[level] : "off";
}

/* The word where the categories in `mask` have this level. */
static uint64_t with(uint64_t wanted, unsigned mask, sip_log_level level)
{
    for (sip_log_level at = SIP_LOG_ERROR; at <= SIP_LOG_DEBUG; at++) {
        uint64_t bits = (uint64_t)(mask & SIP_LOG_ALL) << ((unsigned)at - 1) * SIP__LOG_MASK_BITS;

        wanted = at <= level ? wanted | bits : wanted & ~bits;
    }
    return wanted;
}

int sip_log_levels_create(const sip_allocator *allocator, sip_log_level all,
                          sip_log_levels **ret_levels)
{
    sip_log_levels *levels;

    if (ret_levels == NULL || all < SIP_LOG_OFF || all > SIP_LOG_DEBUG) {
        return SIP_EINVAL;
    }
    levels = sip_alloc0(allocator, sizeof(*levels));
    if (levels == NULL) {
        return SIP_ENOMEM;
    }
    levels->allocator = allocator;
    atomic_init(&levels->wanted, with(0, SIP_LOG_ALL, all));
    *ret_levels = levels;
    return 0;
}

void sip_log_levels_destroy(sip_log_levels *levels)
{
    if (levels != NULL) {
        sip_free(levels->allocator, levels);
    }
}

/* What others change at the same time is kept. */
static void change(sip_log_levels *levels, const sip_log_level of[SIP__LOG_CATEGORIES],
                   unsigned mask)
{
    uint64_t old = atomic_load_explicit(&levels->wanted, memory_order_relaxed);
    uint64_t wanted;

    do {
        wanted = old;
        for (unsigned i = 0; i < SIP__LOG_CATEGORIES; i++) {
            wanted = with(wanted, mask & 1u << i, of[i]);
        }
    } while (!atomic_compare_exchange_weak_explicit(&levels->wanted, &old, wanted,
                                                    memory_order_relaxed, memory_order_relaxed));
}

void sip_log_levels_set(sip_log_levels *levels, unsigned mask, sip_log_level level)
{
    sip_log_level of[SIP__LOG_CATEGORIES];

    if (levels == NULL || level < SIP_LOG_OFF || level > SIP_LOG_DEBUG) {
        return;
    }
    for (unsigned i = 0; i < SIP__LOG_CATEGORIES; i++) {
        of[i] = level;
    }
    change(levels, of, mask);
}

sip_log_level sip_log_levels_get(const sip_log_levels *levels, sip_log_category category)
{
    sip_log_level level = SIP_LOG_DEBUG;

    while (level > SIP_LOG_OFF &&
           (levels == NULL || !sip__log_levels_want(levels, category, level))) {
        level--;
    }
    return level;
}

/* ---- as people say it */

/* The mask of a category's name; 0: there is none. */
static unsigned category_of(sip_str name)
{
    for (unsigned i = 0; i < SIP__LOG_CATEGORIES; i++) {
        if (sip_str_equal_nocase(name, categories[i])) {
            return 1u << i;
        }
    }
    return sip_str_equal_nocase(name, "all") ? SIP_LOG_ALL : 0;
}

static bool level_of(sip_str name, sip_log_level *ret_level)
{
    for (sip_log_level level = SIP_LOG_OFF; level <= SIP_LOG_DEBUG; level++) {
        if (sip_str_equal_nocase(name, level_names[level])) {
            *ret_level = level;
            return true;
        }
    }
    return false;
}

/* Cut off what stands before the first `mark`; all where there is none. */
static sip_str cut(sip_str *rest, char mark)
{
    sip_str piece = {rest->ptr, 0};

    while (piece.len < rest->len && rest->ptr[piece.len] != mark) {
        piece.len++;
    }
    if (piece.len < rest->len) {
        rest->ptr += piece.len + 1;
        rest->len -= piece.len + 1;
    } else {
        *rest = (sip_str){NULL, 0};
    }
    return piece;
}

int sip_log_levels_parse(sip_log_levels *levels, sip_str text)
{
    sip_log_level wanted[SIP__LOG_CATEGORIES] = {SIP_LOG_OFF};
    unsigned mask = 0;

    if (levels == NULL) {
        return SIP_EINVAL;
    }
    do {
        sip_str item = cut(&text, ',');
        sip_str name = sip_str_trim(cut(&item, '='));
        bool is_one = item.ptr != NULL;
        unsigned which = is_one ? category_of(name) : SIP_LOG_ALL;
        sip_log_level level;

        if (which == 0 || !level_of(is_one ? sip_str_trim(item) : name, &level)) {
            return SIP_EINVAL;
        }
        for (unsigned i = 0; i < SIP__LOG_CATEGORIES; i++) {
            wanted[i] = (which >> i & 1u) != 0 ? level : wanted[i];
        }
        mask |= which;
    } while (text.ptr != NULL);
    change(levels, wanted, mask);
    return 0;
}
