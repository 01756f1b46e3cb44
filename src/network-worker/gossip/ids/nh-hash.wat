;; NH of Black, Halevi, Krawczyk, Krovetz and Rogaway (UMAC, CRYPTO '99), with the pairs of words that vectors of 128 bits
;; make, as in RFC 4418, section 5.2.2: of each 32 bytes, word i of the first half and word i of the second, each with its word
;; of the key added, are multiplied, and the products added up. Twice, the second time with the key shifted by 16 bytes.
;;
;; The caller owns the memory's layout.
(module
  (memory (export "memory") 2)

  ;; For each 4,096 bytes of [$at, $end), which is a multiple of 32 long and not empty, 16 bytes at $to: both sums modulo 2^64.
  ;; The key at $key has 4,112 bytes.
  (func (export "compress") (param $at i32) (param $end i32) (param $key i32) (param $to i32)
    (local $k i32)
    (local $blockEnd i32)
    (local $left v128)
    (local $right v128)
    (local $a v128)
    (local $b v128)
    (local $first v128)
    (local $second v128)
    (loop $block
      (local.set $blockEnd (i32.add (local.get $at) (i32.const 4096)))
      (if (i32.gt_u (local.get $blockEnd) (local.get $end))
        (then (local.set $blockEnd (local.get $end))))
      (local.set $k (local.get $key))
      (local.set $first (v128.const i64x2 0 0))
      (local.set $second (v128.const i64x2 0 0))
      (loop $pairs
        (local.set $left (v128.load (local.get $at)))
        (local.set $right (v128.load offset=16 (local.get $at)))
        (local.set $a (i32x4.add (local.get $left) (v128.load (local.get $k))))
        (local.set $b (i32x4.add (local.get $right) (v128.load offset=16 (local.get $k))))
        (local.set $first
          (i64x2.add
            (local.get $first)
            (i64x2.add
              (i64x2.extmul_low_i32x4_u (local.get $a) (local.get $b))
              (i64x2.extmul_high_i32x4_u (local.get $a) (local.get $b)))))
        (local.set $a (i32x4.add (local.get $left) (v128.load offset=16 (local.get $k))))
        (local.set $b (i32x4.add (local.get $right) (v128.load offset=32 (local.get $k))))
        (local.set $second
          (i64x2.add
            (local.get $second)
            (i64x2.add
              (i64x2.extmul_low_i32x4_u (local.get $a) (local.get $b))
              (i64x2.extmul_high_i32x4_u (local.get $a) (local.get $b)))))
        (local.set $k (i32.add (local.get $k) (i32.const 32)))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br_if $pairs (i32.lt_u (local.get $at) (local.get $blockEnd))))
      (i64.store
        (local.get $to)
        (i64.add (i64x2.extract_lane 0 (local.get $first)) (i64x2.extract_lane 1 (local.get $first))))
      (i64.store offset=8
        (local.get $to)
        (i64.add (i64x2.extract_lane 0 (local.get $second)) (i64x2.extract_lane 1 (local.get $second))))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $block (i32.lt_u (local.get $at) (local.get $end))))))
