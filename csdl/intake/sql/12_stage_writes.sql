-- Purpose: bring what a run wrote among the rows being planned, to read what stands there now. Input: noun.
INSERT INTO intake_stage (seq, noun, sheet, row_no, label, name_key, class_key, school_id, said, target_id)
SELECT row_number() OVER (ORDER BY row_id) + coalesce((SELECT max(seq) FROM intake_stage), 0), noun, '', row_id, label,
       '', '', school_id, said, target_id
FROM intake_write WHERE noun = %(noun)s;
