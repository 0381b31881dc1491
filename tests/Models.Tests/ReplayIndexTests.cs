using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;
using Models.Training.Data;
using Models.Training.Paths;
using Xunit;

namespace Models.Tests;

public class ReplayIndexTests
{
    private readonly byte[] _id = new byte[128];
    private readonly ReplayLookup _question = new();

    [Fact]
    public void A_path_is_found_again_after_shift_resampling_stretch_and_jitter_and_another_is_not()
    {
        var index = new ReplayIndex(new ReplaySettings(1000));
        PathRecord[] paths = [.. Enumerable.Range(0, 200).Select(Hand)];
        for (int i = 0; i < 100; i++)
        {
            Assert.True(Insert(index, paths[i], i));
        }

        for (int i = 0; i < 100; i++)
        {
            var random = new Random(i);
            foreach (
                ReplayWay way in (ReplayWay[])
                    [new(true, 0, 1, 0), new(true, 4, 0.8, 2), new(true, 33, 1.25, 2), new(false, 16, 1.1, 1)]
            )
            {
                PathRecord replay = way.Play(paths[i], random);
                Assert.True(Find(index, replay, 1000, out ReplayMatch match), $"{i} {way}");
                Assert.Equal(i, match.Offset);
                Assert.Equal($"c-{i}", Encoding.ASCII.GetString(_id, 0, match.IdLength));
                Assert.True(match.ResidualPx <= 3.5f);
            }

            Assert.False(Find(index, paths[100 + i], 1000, out _));
        }
    }

    [Fact]
    public void A_path_with_shape_enough_is_found_again_in_another_size_direction_and_pace()
    {
        var index = new ReplayIndex(new ReplaySettings(1000));
        PathRecord[] paths = [.. Enumerable.Range(0, 250).Select(Winding).Where(HasNormalForm).Take(200)];
        Assert.Equal(200, paths.Length);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(Insert(index, paths[i], i));
        }

        for (int i = 0; i < 100; i++)
        {
            foreach (
                ReplayWay way in (ReplayWay[])
                    [
                        new(true, 0, 1, 0, 1.4, 1),
                        new(true, 16, 0.5, 0, 0.6, 3),
                        new(true, 10, 2, 1, 2, 5),
                        new(true, 16, 1, 0, 0.7, 0),
                    ]
            )
            {
                PathRecord replay = way.Play(paths[i], new Random(i));
                Assert.True(Find(index, replay, 1000, out ReplayMatch match), $"{i} {way}");
                Assert.Equal(i, match.Offset);
                Assert.True(match.IsTransformed);
            }

            Assert.False(Find(index, paths[100 + i], 1000, out _));
        }

        bool HasNormalForm(PathRecord path)
        {
            index.Prefetch(Sign(path), _question);
            return _question.HasNormalForm;
        }
    }

    /// <summary>A quick, nearly straight move is like any other but for size, direction and pace.</summary>
    [Fact]
    public void Plain_bows_in_another_size_are_no_replays()
    {
        var index = new ReplayIndex(new ReplaySettings(10));
        Assert.True(Insert(index, Bow(20), 0));
        PathRecord scaled = new ReplayWay(true, 16, 1, 0, 1.6, 1).Play(Bow(20), new Random(1));
        Assert.False(Find(index, scaled, 1000, out _));
    }

    [Fact]
    public void A_signature_from_the_topic_finds_what_the_path_itself_does()
    {
        ReplayIndex own = new(new ReplaySettings(10)),
            told = new(new ReplaySettings(10));
        own.Prefetch(Sign(Winding(3)), _question);
        Assert.True(own.Insert(_question, "a"u8, 1, 0, 1));
        Assert.True(told.Insert(Sign(Winding(3)), "a"u8, 1, 0, 1, 0, 0));
        PathRecord replay = new ReplayWay(true, 12, 1.7, 0, 1.5, 2).Play(Winding(3), new Random(2));
        Assert.True(Find(own, replay, 1000, out ReplayMatch one));
        Assert.True(Find(told, replay, 1000, out ReplayMatch other));
        Assert.Equal(one, other);
    }

    [Fact]
    public void Only_paths_before_it_by_log_time_partition_and_offset_count()
    {
        var index = new ReplayIndex(new ReplaySettings(10));
        PathRecord path = Hand(1);
        PathSignature signature = Sign(path);
        index.Insert(signature, "a"u8, 500, 2, 7, 0, 0);
        Assert.False(TryFind(index, signature, 499, 9, 99, out _));
        Assert.False(TryFind(index, signature, 500, 1, 99, out _));
        Assert.False(TryFind(index, signature, 500, 2, 7, out _));
        Assert.True(TryFind(index, signature, 500, 2, 8, out ReplayMatch match));
        Assert.Equal((500L, 2, 7L), (match.LogTime, match.Partition, match.Offset));
        Assert.True(TryFind(index, signature, 501, 0, 0, out _));
    }

    [Fact]
    public void Paths_expire_by_log_time_and_the_bound_pushes_out_the_oldest()
    {
        var index = new ReplayIndex(new ReplaySettings(3, TimeSpan.FromSeconds(10), TimeSpan.Zero));
        PathSignature signature = Sign(Hand(1));
        index.Insert(signature, "a"u8, 1000, 0, 1, 0, 0);
        Assert.True(TryFind(index, signature, 11_000, 0, 2, out _));
        Assert.False(TryFind(index, signature, 11_001, 0, 2, out _));
        index.Insert(Sign(Hand(2)), "b"u8, 11_001, 0, 2, 0, 0);
        Assert.Equal(1, index.Count);
        for (int i = 3; i < 7; i++)
        {
            index.Insert(Sign(Hand(i)), "c"u8, 11_001 + i, 0, i, 0, 0);
        }

        Assert.Equal((3, 2L), (index.Count, index.DroppedEarly));
        Assert.False(Find(index, Hand(2), 12_000, out _));
        Assert.True(Find(index, Hand(6), 12_000, out _));
    }

    [Fact]
    public void The_same_place_twice_is_stored_once_and_equal_residuals_go_to_the_first_place()
    {
        var index = new ReplayIndex(new ReplaySettings(10));
        PathSignature signature = Sign(Hand(1));
        Assert.True(index.Insert(signature, "b"u8, 5, 1, 9, 0, 0));
        Assert.False(index.Insert(signature, "b"u8, 5, 1, 9, 0, 0));
        Assert.True(index.Insert(signature, "a"u8, 6, 0, 90, 0, 0));
        Assert.Equal(2, index.Count);
        Assert.True(TryFind(index, signature, 99, 0, 0, out ReplayMatch match));
        Assert.Equal((0, 90L), (match.Partition, match.Offset));
    }

    [Fact]
    public void Ids_of_every_length_come_back_and_others_are_refused()
    {
        var index = new ReplayIndex(new ReplaySettings(300));
        foreach (int length in (int[])[1, 31, 32, 33, 128])
        {
            byte[] id = [.. Enumerable.Range(0, length).Select(i => (byte)(i + length))];
            index.Insert(Sign(Hand(length)), id, 1, 0, length, 0, 0);
            Assert.True(TryFind(index, Sign(Hand(length)), 2, 0, 0, out ReplayMatch match));
            Assert.Equal(id, _id[..match.IdLength]);
        }

        Assert.Throws<ArgumentException>(() => index.Insert(Sign(Hand(1)), [], 1, 0, 1, 0, 0));
        Assert.Throws<ArgumentException>(() => index.Insert(Sign(Hand(1)), new byte[129], 1, 0, 1, 0, 0));
        Assert.Throws<ArgumentException>(() => TryFind(index, Sign(Hand(1)), 1, -1, 1, out _));
    }

    [Fact]
    public void Lines_and_dots_have_too_little_shape_to_be_compared()
    {
        float[] t = [0, 10, 20, 30],
            x = [0, 100, 200, 300];
        Assert.False(PathSignature.Encode(t, x, new float[4]).HasShape);
        Assert.False(PathSignature.Encode([5], [1], [1]).HasShape);
        Assert.False(PathSignature.Encode([], [], []).HasShape);
        Assert.False(PathSignature.Encode([5, 5], [1, 900], [1, 4]).HasShape);
        Assert.False(
            new ReplayIndex(new ReplaySettings(3)).Insert(PathSignature.Encode(t, x, new float[4]), "a"u8, 1, 0, 1)
        );
    }

    [Fact]
    public void A_signature_survives_the_wire_and_its_points_lie_where_the_path_does()
    {
        PathSignature signature = Sign(Hand(4));
        var bytes = new byte[PathSignature.Size];
        signature.CopyTo(bytes);
        Assert.True(PathSignature.TryDecode(bytes, out PathSignature read));
        Assert.True(((ReadOnlySpan<byte>)signature).SequenceEqual(read));
        Assert.False(PathSignature.TryDecode(bytes.AsSpan(1), out _));
        bytes[127] = 9;
        Assert.False(PathSignature.TryDecode(bytes, out _));
    }

    [Fact]
    public void Every_width_of_vectors_gives_the_scalar_twin_s_residual_bit_for_bit()
    {
        var random = new Random(8);
        for (int round = 0; round < 200; round++)
        {
            float[] a = Padded(random),
                b = Padded(random);
            int expected = BitConverter.SingleToInt32Bits(Residual.Between<Float1Vector>(a, b));
            Assert.Equal(expected, BitConverter.SingleToInt32Bits(Residual.Between<Float4Vector>(a, b)));
            Assert.Equal(expected, BitConverter.SingleToInt32Bits(Residual.Between<Float8Vector>(a, b)));
            Assert.Equal(expected, BitConverter.SingleToInt32Bits(Residual.Between<Float16Vector>(a, b)));
            Assert.Equal(expected, BitConverter.SingleToInt32Bits(Residual.Between(a, b)));
            int most = BitConverter.SingleToInt32Bits(Residual.Between<Float1Vector>(a, b, 256));
            Assert.Equal(most, BitConverter.SingleToInt32Bits(Residual.Between<Float16Vector>(a, b, 256)));
            Assert.Equal(most, BitConverter.SingleToInt32Bits(Residual.Between<Float4Vector>(a, b, 256)));
        }
    }

    [Fact]
    public void Every_width_of_vectors_gives_the_scalar_twin_s_places_bit_for_bit()
    {
        var random = new Random(9);
        var signature = new byte[PathSignature.Size];
        float[] expected = new float[Residual.Padded],
            by128 = new float[Residual.Padded],
            by512 = new float[Residual.Padded],
            by = new float[Residual.Padded];
        for (int round = 0; round < 500; round++)
        {
            random.NextBytes(signature);
            signature[PathSignature.ScaleAt] = (byte)(random.Next(0, 10) | (random.Next(3) << 5));
            SignaturePoints.UnpackScalar(signature, expected);
            SignaturePoints.Unpack128(signature, by128);
            SignaturePoints.Unpack512(signature, by512);
            SignaturePoints.Unpack(signature, by);
            Assert.Equal(Bits(expected), Bits(by128));
            Assert.Equal(Bits(expected), Bits(by512));
            Assert.Equal(Bits(expected), Bits(by));
        }

        // floats of 64 places and one more at either end, x and y
        static int[] Bits(float[] points) =>
            [
                .. Enumerable
                    .Range(0, 66)
                    .SelectMany(i =>
                        (int[])
                            [
                                BitConverter.SingleToInt32Bits(points[i]),
                                BitConverter.SingleToInt32Bits(points[Residual.YAt + i]),
                            ]
                    ),
            ];
    }

    [Fact]
    public void Means_and_what_lies_around_them_are_the_scalar_twin_s()
    {
        var random = new Random(10);
        for (int round = 0; round < 500; round++)
        {
            float[] path = Padded(random);
            Vector256<float> means = BlockMeans.Of(path);
            ulong packed = BlockMeans.Pack(means);
            var (low, high) = BlockMeans.Around(path, means, random.Next(1, 5000));
            for (int i = 0; i < 8; i++)
            {
                float expected = Enumerable
                    .Range(0, 16)
                    .Average(k => path[(i / 4 * Residual.YAt) + 1 + (i % 4 * 16) + k]);
                Assert.Equal(expected, means[i], 1e-3f);
                byte own = (byte)(packed >> (8 * i)),
                    least = (byte)(low >> (8 * i)),
                    most = (byte)(high >> (8 * i));
                Assert.Equal(BlockMeans.Byte(means[i]), own);
                Assert.InRange(own, least, most);
                Assert.InRange(most - least, 0, (2 * BlockMeans.Widest) - 1);
                Assert.NotEqual(0, least);
            }
        }
    }

    [Fact]
    public void A_path_that_jumps_keeps_its_other_places_and_is_found_at_another_rate_while_a_stranger_is_not()
    {
        var index = new ReplayIndex(new ReplaySettings(100));
        PathRecord[] paths = [.. Enumerable.Range(0, 40).Select(n => Jumping(Hand(n), new Random(n)))];
        for (int i = 0; i < 20; i++)
        {
            Insert(index, paths[i], i);
        }

        for (int i = 0; i < 20; i++)
        {
            PathSignature signature = Sign(paths[i]);
            Assert.NotEqual(0, signature[PathSignature.ScaleAt]);
            foreach (ReplayWay way in (ReplayWay[])[new(true, 0, 1, 1), new(true, 20, 1.1, 1), new(true, 8, 0.85, 1)])
            {
                Assert.True(Find(index, way.Play(paths[i], new Random(i)), 1000, out ReplayMatch match), $"{i} {way}");
                Assert.Equal(i, match.Offset);
            }

            Assert.False(Find(index, paths[20 + i], 1000, out _));
        }
    }

    [Fact]
    public void A_path_with_a_little_less_shape_is_looked_up_and_not_stored()
    {
        // a bow of 3.2 px across has 2.4 px of standard deviation; lower by a third it has 1.6
        PathRecord bow = Bow(7),
            flatter = Bow(5);
        PathSignature stored = Sign(bow),
            query = Sign(flatter);
        Assert.True(stored.HasShape && stored.IsCompared);
        Assert.True(!query.HasShape && query.IsCompared);
        var index = new ReplayIndex(new ReplaySettings(10));
        Assert.True(Insert(index, bow, 1));
        Assert.False(Insert(index, flatter, 2));
        Assert.True(Find(index, flatter, 1000, out ReplayMatch match));
        Assert.Equal(1, match.Offset);
        Assert.False(Sign(Bow(3)).IsCompared);
    }

    [Fact]
    public void A_path_and_half_a_normal_form_take_at_most_300_bytes_and_look_ups_allocate_nothing()
    {
        Assert.Equal(184, Unsafe.SizeOf<ReplayEntry>());
        var index = new ReplayIndex(new ReplaySettings(10_000));
        Assert.True(index.Bytes <= 300 * 10_000);
        PathRecord path = Hand(1);
        PathSignature signature = Sign(path);
        index.Insert(signature, "a"u8, 1, 0, 1, 0, 0);
        Find(index, signature, 2, 0, 2, Points(path), out _);
        PathSignature other = Sign(Hand(2));
        long before = GC.GetAllocatedBytesForCurrentThread();
        index.Insert(other, "b"u8, 2, 0, 2, 0, 0);
        Sign(path);
        Assert.True(Find(index, signature, 3, 0, 3, Points(path), out _));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void People_s_replays_are_found_and_people_are_not_called_replays()
    {
        PathRecord[] people = SharedData.Paths("sapimouse", 3000);
        var index = new ReplayIndex(new ReplaySettings(3000));
        int wrong = 0,
            asked = 0,
            found = 0;
        for (int i = 0; i < people.Length; i++)
        {
            wrong += Find(index, people[i], 10_000, out _) ? 1 : 0;
            Insert(index, people[i], i);
        }

        for (int i = 0; i < people.Length; i++)
        {
            if (Sign(people[i]).HasShape)
            {
                var random = new Random(i);
                asked++;
                found +=
                    Find(index, ReplayWay.Any(random).Play(people[i], random), 10_000, out ReplayMatch match)
                    && match.Offset == i
                        ? 1
                        : 0;
            }
        }

        Assert.Equal(0, wrong);
        Assert.True(found >= 0.995 * asked, $"{found} of {asked}");
        Assert.True(asked >= 0.9 * people.Length);
    }

    private static float[] Padded(Random random)
    {
        var points = new float[Residual.Padded];
        for (int i = 1; i <= 64; i++)
        {
            // now and then a point twice: a segment without length
            bool again = i > 1 && random.Next(5) == 0;
            points[i] = again ? points[i - 1] : (float)(random.NextDouble() * 600 - 300);
            points[Residual.YAt + i] = again ? points[Residual.YAt + i - 1] : (float)(random.NextDouble() * 600 - 300);
        }

        Residual.Pad(points);
        return points;
    }

    /// <summary>A path like a hand's, another for each number.</summary>
    private static PathRecord Hand(int number)
    {
        var random = new Random(1000 + number);
        double turn = random.Even(0, 6.28),
            size = random.Even(150, 700),
            bend = random.Even(40, 160),
            phase = random.Even(0, 6.28),
            waves = random.Even(1, 2.5);
        int n = random.Next(40, 90);
        float[] t = new float[n],
            x = new float[n],
            y = new float[n];
        for (int i = 0; i < n; i++)
        {
            double u = (double)i / (n - 1),
                way = u * u * (3 - (2 * u)),
                off = bend * Math.Sin((waves * Math.PI * u) + phase);
            t[i] = i * 16;
            x[i] = (float)Math.Round(700 + (size * way * Math.Cos(turn)) - (off * Math.Sin(turn)));
            y[i] = (float)Math.Round(500 + (size * way * Math.Sin(turn)) + (off * Math.Cos(turn)));
        }

        return new PathRecord("hand-" + number, "made", "g", false, "human", t, x, y);
    }

    /// <summary>The same path, with half of it a thousand pixels elsewhere, from one moment to the next.</summary>
    private static PathRecord Jumping(PathRecord path, Random random)
    {
        int at = random.Next(path.Count / 4, path.Count * 3 / 4);
        double turn = random.Even(0, 6.28);
        float jx = (float)Math.Round(1000 * Math.Cos(turn)),
            jy = (float)Math.Round(1000 * Math.Sin(turn));
        return path with
        {
            X = [.. path.X.Select((v, i) => i < at ? v : v + jx)],
            Y = [.. path.Y.Select((v, i) => i < at ? v : v + jy)],
        };
    }

    /// <summary>A path that turns often, at a pace of its own.</summary>
    private static PathRecord Winding(int number)
    {
        var random = new Random(number);
        double[] size = [.. Enumerable.Range(0, 8).Select(_ => random.Even(-90, 90))];
        double slow = random.Even(0, 0.5);
        float[] t = new float[80],
            x = new float[80],
            y = new float[80];
        for (int i = 0; i < t.Length; i++)
        {
            double u = i / 79.0;
            (t[i], x[i], y[i]) = (i * 14, 200 + (float)(500 * u), 300);
            for (int k = 0; k < 4; k++)
            {
                double phase = Math.PI * (k + 1) * (u + (slow * u * (1 - u)));
                x[i] += (float)(size[2 * k] * Math.Sin(phase));
                y[i] += (float)(1.5 * size[(2 * k) + 1] * Math.Sin(phase));
            }

            (x[i], y[i]) = (MathF.Round(x[i]), MathF.Round(y[i]));
        }

        return new PathRecord("winding-" + number, "made", "g", false, "human", t, x, y);
    }

    /// <summary>300 px along, a bow of some height across.</summary>
    private static PathRecord Bow(double height)
    {
        float[] t = [.. Enumerable.Range(0, 50).Select(i => i * 16f)],
            x = [.. Enumerable.Range(0, 50).Select(i => 6f * i)];
        return new PathRecord(
            "bow",
            "made",
            "g",
            false,
            "human",
            t,
            x,
            [.. Enumerable.Range(0, 50).Select(i => (float)(height * Math.Sin(Math.PI * i / 49)))]
        );
    }

    private static PathSignature Sign(PathRecord path) => PathSignature.Encode(path.T, path.X, path.Y);

    /// <summary>Which paths of other partitions are compared doesn't depend on when they were read, but on what the
    /// mark in force covers; paths of the own partition always are.</summary>
    [Fact]
    public void Paths_of_other_partitions_count_as_far_as_they_are_known()
    {
        var index = new ReplayIndex(new ReplaySettings(10));
        PathSignature signature = Sign(Hand(1));
        index.Insert(signature, "a"u8, 500, 2, 7);
        Assert.False(IsFound(0, [long.MaxValue]));
        Assert.True(IsFound(2, []));

        index.Insert(signature, "a"u8, 500, 2, 7, toldPartition: 1, toldOffset: 40);
        index.Insert(signature, "a"u8, 500, 2, 7, toldPartition: 1, toldOffset: 90);
        Assert.False(IsFound(0, []));
        Assert.False(IsFound(0, [long.MaxValue]));
        Assert.False(IsFound(0, [long.MaxValue, 40]));
        Assert.True(IsFound(0, [0, 41]));

        bool IsFound(int partition, long[] known)
        {
            index.Prefetch(signature, _question);
            return index.TryFind(_question, 501, partition, 8, default, known, _id, out _);
        }
    }

    private static bool Insert(ReplayIndex index, PathRecord path, int i) =>
        index.Insert(Sign(path), Encoding.ASCII.GetBytes($"c-{i}"), i, 0, i, 0, 0);

    private bool Find(ReplayIndex index, PathRecord path, long logTime, out ReplayMatch match) =>
        Find(index, Sign(path), logTime, 0, 1_000_000, Points(path), out match);

    private bool TryFind(
        ReplayIndex index,
        PathSignature signature,
        long logTime,
        int partition,
        long offset,
        out ReplayMatch match
    ) => Find(index, signature, logTime, partition, offset, default, out match);

    private bool Find(
        ReplayIndex index,
        PathSignature signature,
        long logTime,
        int partition,
        long offset,
        PathPoints path,
        out ReplayMatch match
    )
    {
        index.Prefetch(signature, _question);
        return index.TryFind(_question, logTime, partition, offset, path, [1], _id, out match);
    }

    private static PathPoints Points(PathRecord path) => new(path.T, path.X, path.Y);
}
