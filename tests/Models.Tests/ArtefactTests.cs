using Models.Scoring;
using Xunit;

namespace Models.Tests;

public class ArtefactTests
{
    private readonly Artefact _made = Artefact.Create(
        RandomForest.Header(5),
        RandomForest.Make(new Random(3), 12, 5, 9, 20)
    );

    [Fact]
    public void What_is_saved_is_what_is_loaded()
    {
        string path = Path.GetTempFileName();
        try
        {
            _made.Save(path);
            Artefact read = Artefact.Load(path);
            Assert.Equal(_made.Version, read.Version);
            Assert.Equal(_made.Features, read.Features);
            Assert.Equal(_made.Header.Sources, read.Header.Sources);
            Assert.Equal(
                (_made.CutOff, _made.Header.Seed, _made.Header.Metrics["auc"]),
                (read.CutOff, read.Header.Seed, read.Header.Metrics["auc"])
            );
            float[] row = [1, -2, 3, -4, 5];
            Assert.Equal(_made.Forest.Score(row), read.Forest.Score(row));
            Assert.Matches("^clicks-[0-9a-f]{4}$", read.Version);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Each_changed_byte_and_each_cut_is_noticed()
    {
        string path = Path.GetTempFileName();
        _made.Save(path);
        byte[] file = File.ReadAllBytes(path);
        File.Delete(path);
        for (int i = 0; i < file.Length; i++)
        {
            file[i] ^= 0x41;
            var changed = Assert.Throws<ArtefactException>(() => Artefact.Load(file));
            Assert.NotEmpty(changed.Message);
            file[i] ^= 0x41;
            var cut = Assert.Throws<ArtefactException>(() => Artefact.Load(file.AsSpan(0, i)));
            Assert.NotEmpty(cut.Message);
        }

        Assert.Equal(_made.Version, Artefact.Load(file).Version);
        Assert.Contains(
            "truncated or extended",
            Assert.Throws<ArtefactException>(() => Artefact.Load((byte[])[.. file, 0])).Message
        );
    }

    [Fact]
    public void Other_features_are_refused_with_both_lists()
    {
        _made.RequireFeatures(["f0", "f1", "f2", "f3", "f4"]);
        string message = Assert.Throws<ArtefactException>(() => _made.RequireFeatures(["f0", "f2", "f1"])).Message;
        Assert.Contains("f0, f1, f2, f3, f4", message);
        Assert.Contains("f0, f2, f1", message);
        Assert.Contains("column 1", message);
    }

    [Fact]
    public void Probability_rises_with_the_score_and_meets_the_knots()
    {
        double last = -1;
        for (float raw = -8; raw < 8; raw += 0.01f)
        {
            double p = _made.Probability(raw);
            Assert.True(p > last && p is > 0 and < 1);
            last = p;
        }

        Assert.Equal(1 / (1 + Math.Exp(-0.5)), _made.Probability(0), 1e-6);
        Assert.Throws<ArtefactException>(() => new Calibration([0, 0], [0, 1]));
        Assert.Throws<ArtefactException>(() => new Calibration([0, 1], [1, 1]));
    }

    [Fact]
    public void A_header_that_can_t_be_used_is_refused()
    {
        Forest forest = RandomForest.Make(new Random(3), 1, 2, 2, 2);
        ArtefactHeader good = RandomForest.Header(2);
        Assert.Throws<ArtefactException>(() => Artefact.Create(good with { Kind = "mail" }, forest));
        Assert.Throws<ArtefactException>(() => Artefact.Create(good with { CutOff = double.NaN }, forest));
        Assert.Throws<ArtefactException>(() => Artefact.Create(RandomForest.Header(3), forest));
    }
}
