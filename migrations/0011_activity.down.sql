drop function duration_statistics(timestamptz, timestamptz, text, text, boolean);
drop function activity(timestamptz, timestamptz, text, text);
drop function ceiling_of(text, timestamptz);
drop function rollup_reach();
