drop function verify_rollups();
