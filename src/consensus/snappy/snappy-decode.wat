;; Snappy's block format decoded: the elements behind the length (format_description.txt of google/snappy). A literal brings
;; bytes, a copy repeats some that are out. Both are moved 16 bytes at once, up to 31 of them past where they end: what
;; follows overwrites that, and the caller leaves 64 free behind the input and behind the result.
;;
;; The caller owns the memory's layout. Below 512 are the constants of this file.
(module
  ;; 24 MiB, of which the system gives what is touched: a payload of 10 MiB and the longest that snappy makes of it.
  (memory (export "memory") 384 384)

  ;; For each distance below 16, which byte of a pattern comes i-th when it is repeated, and, at 256, by how many bytes a
  ;; multiple of the pattern fills 16.
  (data (i32.const 0)
    "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"
    "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"
    "\00\01\00\01\00\01\00\01\00\01\00\01\00\01\00\01"
    "\00\01\02\00\01\02\00\01\02\00\01\02\00\01\02\00"
    "\00\01\02\03\00\01\02\03\00\01\02\03\00\01\02\03"
    "\00\01\02\03\04\00\01\02\03\04\00\01\02\03\04\00"
    "\00\01\02\03\04\05\00\01\02\03\04\05\00\01\02\03"
    "\00\01\02\03\04\05\06\00\01\02\03\04\05\06\00\01"
    "\00\01\02\03\04\05\06\07\00\01\02\03\04\05\06\07"
    "\00\01\02\03\04\05\06\07\08\00\01\02\03\04\05\06"
    "\00\01\02\03\04\05\06\07\08\09\00\01\02\03\04\05"
    "\00\01\02\03\04\05\06\07\08\09\0a\00\01\02\03\04"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\00\01\02\03"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\00\01\02"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\00\01"
    "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\00"
    "\00\10\10\0f\10\0f\0c\0e\10\09\0a\0b\0c\0d\0e\0f")

  ;; True (1) when the elements in [$at, $end) are well formed and fill [$start, $stop) exactly. If not, anything may be there.
  ;; No byte of the result is of anything but the input; nothing below $start is written.
  (func (export "decode") (param $at i32) (param $end i32) (param $start i32) (param $stop i32) (result i32)
    (local $to i32)
    (local $tag i32)
    (local $length i32)
    (local $offset i32)
    (local $from i32)
    (local $extra i32)
    (local $step i32)
    (local $pattern v128)
    (local.set $to (local.get $start))
    (block $bad
      (loop $element
        (if (i32.ge_u (local.get $at) (local.get $end))
          (then (return (i32.eq (local.get $to) (local.get $stop)))))
        (local.set $tag (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))

        (if (i32.eqz (i32.and (local.get $tag) (i32.const 3)))
          (then
            ;; A literal: its length less one is in the tag, or in the 1 to 4 bytes behind it.
            (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
            (if (i32.gt_u (local.get $length) (i32.const 60))
              (then
                (local.set $extra (i32.sub (local.get $length) (i32.const 60)))
                (br_if $bad (i32.gt_u (local.get $extra) (i32.sub (local.get $end) (local.get $at))))
                (local.set $length (i32.load (local.get $at)))
                (if (i32.lt_u (local.get $extra) (i32.const 4))
                  (then
                    (local.set $length
                      (i32.and
                        (local.get $length)
                        (i32.sub (i32.shl (i32.const 1) (i32.shl (local.get $extra) (i32.const 3))) (i32.const 1))))))
                ;; One more is no number of 32 bits any more.
                (br_if $bad (i32.eq (local.get $length) (i32.const -1)))
                (local.set $length (i32.add (local.get $length) (i32.const 1)))
                (local.set $at (i32.add (local.get $at) (local.get $extra)))))
            (br_if $bad (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $at))))
            (br_if $bad (i32.gt_u (local.get $length) (i32.sub (local.get $stop) (local.get $to))))
            (if (i32.le_u (local.get $length) (i32.const 64))
              (then (call $move (local.get $to) (local.get $at) (local.get $length)))
              (else (memory.copy (local.get $to) (local.get $at) (local.get $length))))
            (local.set $at (i32.add (local.get $at) (local.get $length)))
            (local.set $to (i32.add (local.get $to) (local.get $length)))
            (br $element)))

        ;; A copy: of 1 to 64 bytes, or with an offset of 11 bits of 4 to 11.
        (if (i32.eq (i32.and (local.get $tag) (i32.const 3)) (i32.const 1))
          (then
            (br_if $bad (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $length
              (i32.add (i32.and (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 7)) (i32.const 4)))
            (local.set $offset
              (i32.or
                (i32.shl (i32.and (local.get $tag) (i32.const 0xe0)) (i32.const 3))
                (i32.load8_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1))))
          (else
            (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
            (if (i32.eq (i32.and (local.get $tag) (i32.const 3)) (i32.const 2))
              (then
                (br_if $bad (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 2)))
                (local.set $offset (i32.load16_u (local.get $at)))
                (local.set $at (i32.add (local.get $at) (i32.const 2))))
              (else
                (br_if $bad (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 4)))
                (local.set $offset (i32.load (local.get $at)))
                (local.set $at (i32.add (local.get $at) (i32.const 4)))))))
        (br_if $bad (i32.eqz (local.get $offset)))
        (br_if $bad (i32.gt_u (local.get $offset) (i32.sub (local.get $to) (local.get $start))))
        (br_if $bad (i32.gt_u (local.get $length) (i32.sub (local.get $stop) (local.get $to))))
        (local.set $from (i32.sub (local.get $to) (local.get $offset)))
        (if (i32.ge_u (local.get $offset) (i32.const 16))
          (then
            ;; Each 16 bytes are out before they are repeated.
            (call $move (local.get $to) (local.get $from) (local.get $length))
            (local.set $to (i32.add (local.get $to) (local.get $length))))
          (else
            ;; What is repeated is in part what this copy writes: the same few bytes again and again.
            (local.set $pattern
              (i8x16.swizzle
                (v128.load (local.get $from))
                (v128.load (i32.shl (local.get $offset) (i32.const 4)))))
            (local.set $step (i32.load8_u offset=256 (local.get $offset)))
            (local.set $from (local.get $to))
            (local.set $to (i32.add (local.get $to) (local.get $length)))
            (loop $again
              (v128.store (local.get $from) (local.get $pattern))
              (local.set $from (i32.add (local.get $from) (local.get $step)))
              (br_if $again (i32.lt_u (local.get $from) (local.get $to))))))
        (br $element)))
    (i32.const 0))

  ;; Moves 1 to 64 bytes, and up to 16 or 32 too many.
  (func $move (param $to i32) (param $from i32) (param $length i32)
    (v128.store (local.get $to) (v128.load (local.get $from)))
    (if (i32.gt_u (local.get $length) (i32.const 16))
      (then
        (v128.store offset=16 (local.get $to) (v128.load offset=16 (local.get $from)))
        (if (i32.gt_u (local.get $length) (i32.const 32))
          (then
            (v128.store offset=32 (local.get $to) (v128.load offset=32 (local.get $from)))
            (v128.store offset=48 (local.get $to) (v128.load offset=48 (local.get $from)))))))))
