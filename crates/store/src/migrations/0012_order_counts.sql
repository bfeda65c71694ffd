-- Who writes orders counts them: for a trigger SQLite notes how every page was that an insertion touches.
DROP TRIGGER purchase_came;
DROP TRIGGER purchase_went;
DROP TRIGGER purchase_turned;
