using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

/// <summary>Keys that change under a running service.</summary>
public sealed class ApiKeyStoreTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly CapturedLog _log = new();
    readonly FakeTimeProvider _time = new();
    readonly Warnings _warnings = new();
    readonly CountingMonitor _options = new();
    readonly TestKey _first = new("first", Roles.Lookup);
    readonly TestKey _second = new("second", Roles.Bulk);
    LoggerFactory? _loggers;
    ApiKeyStore? _store;

    string FilePath => _folder["keys.json"];

    ApiKeyStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        Write(_first);
        _options.Value.Auth.ApiKeysFile = FilePath;
        _loggers = new LoggerFactory([_log]);
        _store = new(_options, _warnings, _time, _loggers.CreateLogger<ApiKeyStore>());
        await _store.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal((true, false), (IsKnown(_first), IsKnown(_second)));
    }

    [Fact]
    public async Task File_KeyAdded_WorksAfterTheInterval()
    {
        Write(_first, _second);
        Assert.False(IsKnown(_second));
        await RefreshAsync();
        Assert.Equal((true, true), (IsKnown(_first), IsKnown(_second)));
        Assert.Equal(2, _log.Lines.Count(line => line.Event.Name == "ApiKeysLive"));
    }

    [Fact]
    public async Task File_KeyRemoved_StopsWorking()
    {
        Write(_second);
        await RefreshAsync();
        Assert.Equal((false, true), (IsKnown(_first), IsKnown(_second)));
    }

    [Fact]
    public async Task File_RolesChanged_HoldForTheSameKey()
    {
        await File.WriteAllTextAsync(FilePath, "[" + _first.Entry.Replace("lookup", "bulk", StringComparison.Ordinal) + "]", TestContext.Current.CancellationToken);
        await RefreshAsync();
        Assert.True(Store.Current.Find(_first.Text)!.IsInRole(Roles.Bulk));
        Assert.False(Store.Current.Find(_first.Text)!.IsInRole(Roles.Lookup));
    }

    // As a mounted secret is replaced: a link is moved, and the file's own time may be older than before.
    [Fact]
    public async Task File_LinkMoved_IsRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        await File.WriteAllTextAsync(_folder["next.json"], $"[{_second.Entry}]", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(_folder["next.json"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.CreateSymbolicLink(_folder["link"], _folder["next.json"]);
        File.Move(_folder["link"], FilePath, overwrite: true);
        await RefreshAsync();
        Assert.Equal((false, true), (IsKnown(_first), IsKnown(_second)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]                                                                  // written half
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("""[{ "id": "first", "sha256": ["zz"], "roles": ["lookup"] }]""")]
    [InlineData("""[{ "id": "first", "sha256": [], "roles": ["lookup"] }]""")]
    [InlineData("""[{ "id": "first", "key": "first.secret-by-mistake", "roles": ["lookup"] }]""")]
    [InlineData(null)]                                                                 // gone
    public async Task File_Broken_KeepsTheKeysAndWarnsOnceUntilItIsMended(string? content)
    {
        if (content is null)
        {
            File.Delete(FilePath);
        }
        else
        {
            await File.WriteAllTextAsync(FilePath, content, TestContext.Current.CancellationToken);
        }
        await RefreshAsync();
        await RefreshAsync();
        Assert.True(IsKnown(_first));
        Assert.Contains("the last good ones stay valid", Assert.Single(_warnings.Current), StringComparison.Ordinal);
        var told = Assert.Single(_log.Lines, line => line.Event.Name == "ApiKeysRefused");
        Assert.DoesNotContain("secret-by-mistake", told.Text, StringComparison.Ordinal);
        Write(_second);
        await RefreshAsync();
        Assert.Equal((false, true), (IsKnown(_first), IsKnown(_second)));
        Assert.Empty(_warnings.Current);
    }

    [Fact]
    public async Task Digests_TwoOfOneKey_AreValidUntilOneGoes()
    {
        var successor = new TestKey(_first.Id, Roles.Lookup);
        await WriteAsync(_first.Digest, successor.Digest);
        Assert.Equal((true, true), (IsKnown(_first), IsKnown(successor)));
        Assert.Equal("key:first", Store.Current.Find(successor.Text)!.Identity!.Name); // one caller for the limits
        await WriteAsync(successor.Digest);
        Assert.Equal((false, true), (IsKnown(_first), IsKnown(successor)));
        await WriteAsync(_first.Digest, successor.Digest, _second.Digest); // three are refused
        Assert.Equal((false, true), (IsKnown(_first), IsKnown(successor)));
    }

    public async ValueTask DisposeAsync()
    {
        await Store.StopAsync(CancellationToken.None);
        Store.Dispose();
        _loggers!.Dispose();
        _folder.Dispose();
    }

    bool IsKnown(TestKey key) => Store.Current.Find(key.Text) is not null;

    void Write(params IEnumerable<TestKey> keys) => File.WriteAllText(FilePath, $"[{string.Join(',', keys.Select(key => key.Entry))}]");

    async Task WriteAsync(params string[] digests)
    {
        var list = string.Join(',', digests.Select(digest => $"\"{digest}\""));
        await File.WriteAllTextAsync(FilePath, $$"""[{ "id": "first", "sha256": [{{list}}], "roles": ["lookup"] }]""", TestContext.Current.CancellationToken);
        await RefreshAsync();
    }

    // The keys are read by another thread. When it has come round to the second reading, the first is done.
    async Task RefreshAsync()
    {
        for (var tick = 0; tick < 2; tick++)
        {
            var before = _options.Reads;
            for (var wait = 0; _options.Reads == before && wait < 5_000; wait++)
            {
                _time.Advance(ApiKeyStore.Interval);
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }
            Assert.NotEqual(before, _options.Reads);
        }
    }

    sealed class CountingMonitor : IOptionsMonitor<EnrichmentOptions>
    {
        int _reads;

        public EnrichmentOptions Value { get; } = new();

        public int Reads => Volatile.Read(ref _reads);

        public EnrichmentOptions CurrentValue
        {
            get
            {
                Interlocked.Increment(ref _reads);
                return Value;
            }
        }

        public EnrichmentOptions Get(string? name) => Value;

        public IDisposable? OnChange(Action<EnrichmentOptions, string?> listener) => null;
    }
}
